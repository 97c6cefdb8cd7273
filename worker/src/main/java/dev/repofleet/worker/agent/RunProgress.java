package dev.repofleet.worker.agent;

import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.UsageTotals.CostSource;
import dev.repofleet.workflows.activities.agent.RunLoss;

/**
 * Heartbeat details of a run: numbers only, since the UI shows them to everybody. A new attempt
 * goes on from them, so that nothing is counted twice and nothing is forgotten when a follower is
 * killed. Sums are of the turn in this sandbox, as far as its messages tell.
 *
 * @param incarnation that is followed
 * @param offset bytes of its output that were read, to the end of a line
 * @param attemptsWithoutProgress how many attempts in a row reached the sandbox, found no agent at
 *     work and read no new byte
 * @param agentMessages the agent has sent
 * @param inputTokens it has used, without those from the cache
 * @param outputTokens likewise
 * @param cacheReadTokens likewise
 * @param cacheWriteTokens likewise
 * @param costUsd estimated
 * @param lastMessage stands for the last message that is counted
 * @param lastOutput tokens of output that are counted for it
 * @param earlierSeconds worked by processes before this one
 * @param seconds this one has worked
 * @param outputAt its age in seconds when it was last seen to say something
 * @param keyRefused the model's provider refuses the key
 */
record RunProgress(
    int incarnation,
    long offset,
    int attemptsWithoutProgress,
    int agentMessages,
    long inputTokens,
    long outputTokens,
    long cacheReadTokens,
    long cacheWriteTokens,
    double costUsd,
    long lastMessage,
    long lastOutput,
    long earlierSeconds,
    long seconds,
    long outputAt,
    boolean keyRefused) {
  static final RunProgress NONE = new RunProgress(-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false);

  private static final long MILLIS = 1000;

  /**
   * An attempt has learned how the run stands. One that finds the agent at work is progress in
   * itself; one that never reached the sandbox does not come here and counts for nothing.
   */
  RunProgress attempt(RunState found) {
    boolean atWork = found.kind() == RunState.Kind.RUNNING;
    return with(offset, atWork ? 0 : attemptsWithoutProgress + 1, seconds, outputAt);
  }

  /** An attempt that failed for want of what is the worker's counts for nothing. */
  RunProgress excused() {
    return with(offset, 0, seconds, outputAt);
  }

  /** The next process is followed from its first byte. */
  RunProgress next(int process) {
    return new RunProgress(
        process,
        0,
        attemptsWithoutProgress,
        agentMessages,
        inputTokens,
        outputTokens,
        cacheReadTokens,
        cacheWriteTokens,
        costUsd,
        lastMessage,
        lastOutput,
        earlierSeconds + seconds,
        0,
        0,
        false);
  }

  /** The process is so old; nothing new was read. */
  RunProgress aged(long age) {
    return with(offset, attemptsWithoutProgress, Math.max(seconds, age), outputAt);
  }

  /** Read up to an offset, at that age of the process. */
  RunProgress readTo(long newOffset, long age) {
    return with(newOffset, 0, Math.max(seconds, age), age);
  }

  /** With what a stream has counted on top of the sums of {@code base}. */
  RunProgress counting(RunProgress base, AgentStream stream) {
    UsageTotals more = stream.usageOfMessages();
    return new RunProgress(
        incarnation,
        offset,
        attemptsWithoutProgress,
        base.agentMessages + stream.turns(),
        base.inputTokens + more.inputTokens(),
        base.outputTokens + more.outputTokens(),
        base.cacheReadTokens + more.cacheReadTokens(),
        base.cacheWriteTokens + more.cacheWriteTokens(),
        base.costUsd + more.costUsd(),
        stream.lastMessage(),
        stream.lastOutput(),
        earlierSeconds,
        seconds,
        outputAt,
        keyRefused || stream.keyRefused());
  }

  /** What is known to be used when nothing else is left. */
  RunLoss loss() {
    if (incarnation < 0) {
      return RunLoss.NONE;
    }
    return new RunLoss(
        incarnation,
        agentMessages,
        new UsageTotals(
            inputTokens,
            cacheReadTokens,
            cacheWriteTokens,
            outputTokens,
            costUsd,
            CostSource.ESTIMATED),
        (earlierSeconds + seconds) * MILLIS);
  }

  private RunProgress with(long newOffset, int without, long newSeconds, long newOutputAt) {
    return new RunProgress(
        incarnation,
        newOffset,
        without,
        agentMessages,
        inputTokens,
        outputTokens,
        cacheReadTokens,
        cacheWriteTokens,
        costUsd,
        lastMessage,
        lastOutput,
        earlierSeconds,
        newSeconds,
        newOutputAt,
        keyRefused);
  }
}
