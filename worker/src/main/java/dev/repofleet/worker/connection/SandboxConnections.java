package dev.repofleet.worker.connection;

import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.E2bStatusException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.activity.FailureMapper;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;

/**
 * Handles to sandboxes that some worker created: any worker drives any sandbox by its id.
 * Connecting wakes a paused sandbox and extends its life, never shortens it. Thread-safe.
 */
public final class SandboxConnections {
  /** Outlives every activity but a run: the longest of them, a clone, has 15 minutes. */
  private static final Duration STEP = Duration.ofMinutes(20);

  /** Connecting only extends, so asking for little leaves the sandbox the life it has. */
  private static final Duration SHORTEST = Duration.ofSeconds(15);

  private static final int BAD_REQUEST = 400;

  /** The API's words for a life past the account's cap (E2B infra's source, August 2026). */
  private static final String PAST_THE_CAP = "Max instance length";

  private final E2bClient client;

  /** Connects through {@code client}, which stays its owner's to close. */
  public SandboxConnections(E2bClient client) {
    this.client = client;
  }

  /**
   * A handle for one step, as the sandbox's default user.
   *
   * @throws ApplicationFailure {@code sandbox_lost} when it is gone; a passing one when the API
   *     does not answer, which says nothing about the sandbox
   */
  public Sandbox connect(String sandboxId) {
    return connect(sandboxId, STEP);
  }

  /**
   * As {@link #connect(String)}, living for {@code atLeast} from now, as far as the account lets
   * it.
   */
  public Sandbox connect(String sandboxId, Duration atLeast) {
    try {
      return connectOrThrow(sandboxId, atLeast);
    } catch (E2bException e) {
      throw FailureMapper.map(e, "sandbox " + sandboxId + " can't be reached");
    }
  }

  /** As {@link #connect(String, Duration)}, for a caller that maps the failure itself. */
  public Sandbox connectOrThrow(String sandboxId, Duration atLeast) {
    return connect(client, sandboxId, atLeast);
  }

  /**
   * Connects, asking for less where the account's cap on a sandbox's life does not allow so much: a
   * step that would have ended in time must not fail for the time it asked for.
   */
  public static Sandbox connect(E2bClient client, String sandboxId, Duration atLeast) {
    try {
      return client.connect(sandboxId, atLeast);
    } catch (E2bStatusException e) {
      if (e.status() != BAD_REQUEST || !e.serverMessage().contains(PAST_THE_CAP)) {
        throw e;
      }
      return client.connect(sandboxId, SHORTEST);
    }
  }
}
