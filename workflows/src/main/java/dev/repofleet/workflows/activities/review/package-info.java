/** What the agent's answer is worth: judged, verified, gone over by a second agent. */
@NullMarked
package dev.repofleet.workflows.activities.review;

import org.jspecify.annotations.NullMarked;
