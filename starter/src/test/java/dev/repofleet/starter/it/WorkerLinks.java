package dev.repofleet.starter.it;

import java.util.Map;

/**
 * What connects one worker with the two servers.
 *
 * @param temporal to the Temporal server
 * @param sandboxes to the sandbox server
 */
record WorkerLinks(CuttingProxy temporal, CuttingProxy sandboxes) implements AutoCloseable {
  /** The variables that lead a worker through them. */
  Map<String, String> environment() {
    String behind = "http://" + sandboxes.address();
    return Map.of(
        "TEMPORAL_ADDRESS", temporal.address(),
        "E2B_API_URL", behind,
        "E2B_SANDBOX_URL", behind);
  }

  /** Lets everything through again. */
  void heal() {
    temporal.heal();
    sandboxes.heal();
  }

  @Override
  public void close() {
    temporal.close();
    sandboxes.close();
  }
}
