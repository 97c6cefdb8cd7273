/**
 * One turn of the agent: {@link dev.repofleet.worker.agent.AgentActivitiesImpl} starts or follows
 * the process that the run script keeps, and reads what it printed. What it gets is told by {@link
 * dev.repofleet.worker.secrets.AgentEnvironment}. The worker's assembly uses it, and {@code report}
 * reads what abandoned turns left.
 */
@NullMarked
package dev.repofleet.worker.agent;

import org.jspecify.annotations.NullMarked;
