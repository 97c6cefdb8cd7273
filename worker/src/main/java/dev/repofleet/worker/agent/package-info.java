/**
 * One turn of the agent: {@link dev.repofleet.worker.agent.AgentActivitiesImpl} starts or follows
 * the process that the run script keeps, and reads what it printed. The worker's assembly uses it;
 * other packages ask {@link dev.repofleet.worker.secrets.AgentEnvironment} what agents get, and
 * {@code report} reads what abandoned turns left.
 */
@NullMarked
package dev.repofleet.worker.agent;

import org.jspecify.annotations.NullMarked;
