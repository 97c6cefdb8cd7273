package dev.repofleet.starter.sandboxes;

import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.workflows.Fleet;
import java.net.URI;
import java.util.Map;

/** The E2B account of an environment; closed by who opened it. Thread-safe. */
public final class SandboxAccount implements AutoCloseable {
  private final URI address;
  private final E2bClient client;

  private SandboxAccount(E2bOptions options) {
    this.address = options.apiUrl();
    this.client = new E2bClient(options);
  }

  /**
   * Opens it; asks nothing yet.
   *
   * @throws CommandException with exit code 5 when no account is named
   */
  public static SandboxAccount open(Map<String, String> environment) {
    try {
      return new SandboxAccount(E2bOptions.fromEnvironment(environment));
    } catch (IllegalArgumentException e) {
      throw CommandException.unreachable(
          e.getMessage() + "; for local sandboxes take the export lines of who serves them", e);
    }
  }

  /** Where it is. */
  public URI address() {
    return address;
  }

  /** What speaks to it; closed with the account. */
  public E2bClient client() {
    return client;
  }

  /**
   * What a fleet holds there.
   *
   * @throws CommandException with exit code 5 when E2B does not answer or refuses the key
   */
  HeldSandboxes held(Fleet fleet) {
    try {
      return HeldSandboxes.of(fleet, client);
    } catch (E2bException e) {
      throw CommandException.unreachable(
          address + " does not list its sandboxes: " + e.getMessage(), e);
    }
  }

  /** As {@link E2bClient#kill}. */
  boolean kill(String sandboxId) {
    return client.kill(sandboxId);
  }

  @Override
  public void close() {
    client.close();
  }
}
