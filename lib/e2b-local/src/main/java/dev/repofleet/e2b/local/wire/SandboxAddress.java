package dev.repofleet.e2b.local.wire;

/** A port of a sandbox, as a data-plane request names it. */
public record SandboxAddress(String sandboxId, int port) {
  /** Where envd listens. */
  public static final int ENVD_PORT = 49983;
}
