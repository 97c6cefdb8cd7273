/** The agent's turns: begun once, followed, stopped. */
@NullMarked
package dev.repofleet.workflows.activities.agent;

import org.jspecify.annotations.NullMarked;
