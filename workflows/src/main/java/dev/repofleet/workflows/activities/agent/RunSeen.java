package dev.repofleet.workflows.activities.agent;

import dev.repofleet.workflows.Payload;
import org.jspecify.annotations.Nullable;

/**
 * What those who look on read in the heartbeat details of a {@code Run} activity; the worker keeps
 * more there for itself.
 *
 * @param progress of the turn so far; absent before the agent was found at work
 */
@Payload
public record RunSeen(@Nullable Numbers progress) {

  /**
   * Numbers of a turn, as far as the agent's messages tell.
   *
   * @param agentMessages it has sent
   * @param costUsd estimated, US dollars
   */
  @Payload
  public record Numbers(int agentMessages, double costUsd) {}
}
