package dev.repofleet.starter.embedded;

/**
 * The loopback ports of a stack; 0 means any free one. Immutable.
 *
 * @param temporal of the Temporal server's front end
 * @param ui of Temporal's web interface
 * @param sandboxes of the local sandbox server
 * @param metrics of the worker's {@code /metrics}, {@code /healthz} and {@code /readyz}
 */
public record StackPorts(int temporal, int ui, int sandboxes, int metrics) {
  /** Any free ones: stacks for one batch must not disturb each other. */
  public static final StackPorts FREE = new StackPorts(0, 0, 0, 0);

  /** Those of {@code up}, which other shells and bookmarks rely on. */
  public static final StackPorts FIXED = new StackPorts(7233, 8233, 3000, 9464);

  /**
   * Refuses what is no port.
   *
   * @throws dev.repofleet.starter.command.CommandException with exit code 2
   */
  public StackPorts {
    LoopbackPorts.requireValid(temporal, "the Temporal server");
    LoopbackPorts.requireValid(ui, "Temporal's UI");
    LoopbackPorts.requireValid(sandboxes, "the sandboxes");
    LoopbackPorts.requireValid(metrics, "metrics");
  }
}
