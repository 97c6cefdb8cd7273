package dev.repofleet.worker.agent;

/**
 * Heartbeat details of a run: numbers only, since the UI shows them to everybody.
 *
 * @param incarnation that is followed
 * @param offset bytes of its output that were read
 * @param attemptsWithoutProgress how many attempts in a row ended without reading a new byte
 * @param agentMessages the agent has sent
 * @param inputTokens it has used, as far as its messages tell
 * @param outputTokens likewise
 */
record RunProgress(
    int incarnation,
    long offset,
    int attemptsWithoutProgress,
    int agentMessages,
    long inputTokens,
    long outputTokens) {
  static final RunProgress NONE = new RunProgress(0, 0, 0, 0, 0, 0);

  /** An attempt begins, and has yet to show progress. */
  RunProgress attempt() {
    return new RunProgress(
        incarnation, offset, attemptsWithoutProgress + 1, agentMessages, inputTokens, outputTokens);
  }
}
