/**
 * One turn of the agent: {@link dev.repofleet.worker.agent.AgentActivitiesImpl} starts or follows
 * the process that the run script keeps, and reads what it printed.
 */
@NullMarked
package dev.repofleet.worker.agent;

import org.jspecify.annotations.NullMarked;
