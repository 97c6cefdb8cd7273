/** Tells a person's own tools by HTTP what became of a batch. */
@NullMarked
package dev.repofleet.worker.webhook;

import org.jspecify.annotations.NullMarked;
