/** What is written to forges. */
@NullMarked
package dev.repofleet.workflows.activities.publish;

import org.jspecify.annotations.NullMarked;
