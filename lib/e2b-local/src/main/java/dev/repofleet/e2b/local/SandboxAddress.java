package dev.repofleet.e2b.local;

/** A port of a sandbox, as a data-plane request names it. */
record SandboxAddress(String sandboxId, int port) {
  /** Where envd listens. */
  static final int ENVD_PORT = 49983;
}
