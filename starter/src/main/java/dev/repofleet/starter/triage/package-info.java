/** What people decide of findings. */
@NullMarked
package dev.repofleet.starter.triage;

import org.jspecify.annotations.NullMarked;
