package dev.repofleet.starter.it;

import dev.repofleet.e2b.local.model.Conversation;
import dev.repofleet.e2b.local.model.Reply;
import dev.repofleet.e2b.local.model.Scenario;
import java.time.Duration;

/**
 * A scenario whose delay a test changes between batches: quick where nothing happens to it, slow
 * where there must be time to attack. Thread-safe.
 */
final class PacedScenario implements Scenario {
  private final Scenario scenario;
  private volatile Duration delay = Duration.ZERO;

  PacedScenario(Scenario scenario) {
    this.scenario = scenario;
  }

  /** Of all replies from now on. */
  void pace(Duration delay) {
    this.delay = delay;
  }

  @Override
  public Reply reply(Conversation conversation) {
    return scenario.reply(conversation).after(delay);
  }
}
