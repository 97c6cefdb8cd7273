/**
 * What an agent answers, what of that is a finding, and what people decided about it. Entry class:
 * {@link dev.repofleet.artifacts.finding.Finding}. Any module may depend on it.
 */
@NullMarked
package dev.repofleet.artifacts.finding;

import org.jspecify.annotations.NullMarked;
