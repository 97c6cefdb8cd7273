package dev.repofleet.worker.agent;

/**
 * Heartbeat details of a run: numbers only, since the UI shows them to everybody.
 *
 * @param incarnation that is followed
 * @param offset bytes of its output that were read
 * @param attemptsWithoutProgress how many attempts in a row reached the sandbox, found no agent at
 *     work and read no new byte
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

  /**
   * An attempt has learned how the run stands. One that finds the agent at work is progress in
   * itself; one that never reached the sandbox does not come here and counts for nothing.
   */
  RunProgress attempt(RunState found) {
    boolean atWork = found.kind() == RunState.Kind.RUNNING;
    return new RunProgress(
        incarnation,
        offset,
        atWork ? 0 : attemptsWithoutProgress + 1,
        agentMessages,
        inputTokens,
        outputTokens);
  }
}
