/**
 * The agent's turns: begun once, followed, stopped. Start at {@link
 * dev.repofleet.workflows.activities.agent.AgentActivities}; {@link
 * dev.repofleet.workflows.activities.agent.RunSeen} is what others read of a turn that goes on.
 */
@NullMarked
package dev.repofleet.workflows.activities.agent;

import org.jspecify.annotations.NullMarked;
