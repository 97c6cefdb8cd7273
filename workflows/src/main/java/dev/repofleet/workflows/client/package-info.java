/** The way to a Temporal server, for starter and worker alike. No workflow code uses it. */
@NullMarked
package dev.repofleet.workflows.client;

import org.jspecify.annotations.NullMarked;
