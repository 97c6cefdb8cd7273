package dev.repofleet.worker.agent;

import dev.repofleet.workflows.UsageTotals;

/**
 * What processes of a turn have used. Kept in the sandbox beside each process that comes after
 * others that have used something, so that no attempt has to add it up again.
 *
 * @param usage reported by a process that came to its end, else estimated
 * @param turns of the agent
 * @param seconds in the sandbox's time
 */
record Spent(UsageTotals usage, int turns, long seconds) {
  static final Spent NOTHING = new Spent(UsageTotals.NONE, 0, 0);

  Spent plus(Spent other) {
    return new Spent(usage.plus(other.usage), turns + other.turns, seconds + other.seconds);
  }
}
