package dev.repofleet.starter.sandboxes;

import dev.repofleet.starter.pool.PoolReuse;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.LeaseLabels;
import dev.repofleet.workflows.client.ReviewRuns;
import dev.repofleet.workflows.client.ReviewRuns.State;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.client.TemporalUnreachableException;
import io.grpc.StatusRuntimeException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reviews as the Temporal server of an environment knows them; closed by who opened it. For one
 * thread and one look: a server that has failed to answer twice is not asked again.
 *
 * <p>It describes each run by its id. The server's lists lag behind, and would call the living
 * dead.
 */
final class TemporalReviews implements Reviews, AutoCloseable {
  private final @Nullable TemporalConnection connection;
  private @Nullable String silence;
  private @Nullable String namespaceId;

  private TemporalReviews(@Nullable TemporalConnection connection, @Nullable String silence) {
    this.connection = connection;
    this.silence = silence;
  }

  /**
   * Connects. A server that can't be reached is one that says nothing.
   *
   * @param talk takes the sentence that says why it can't be reached
   */
  static TemporalReviews open(Map<String, String> environment, Consumer<String> talk) {
    try {
      return new TemporalReviews(TemporalConnection.open(environment), null);
    } catch (TemporalUnreachableException e) {
      talk.accept(String.valueOf(e.getMessage()));
      return new TemporalReviews(null, "Temporal does not say whose it is");
    }
  }

  /** Whether the server has failed to answer. */
  boolean away() {
    return silence != null;
  }

  /**
   * The pool of a fleet; it is asked once, when the first sandbox is in question. While it is not
   * known whether it uses sandboxes again, it may have each.
   */
  PoolSandboxes pool(Fleet fleet) {
    TemporalConnection server = connection;
    if (server == null) {
      return PoolSandboxes.NONE;
    }
    AtomicReference<@Nullable Boolean> reuses = new AtomicReference<>();
    return sandboxId -> {
      Boolean known = reuses.get();
      if (known == null) {
        known = PoolReuse.mayReuse(server, fleet);
        reuses.set(known);
      }
      return known;
    };
  }

  @Override
  public ReviewState of(LeaseLabels lease) {
    TemporalConnection server = connection;
    if (silence != null || server == null) {
      return ReviewState.silent(String.valueOf(silence));
    }
    try {
      return ask(server, lease);
    } catch (StatusRuntimeException once) {
      return askAgain(server, lease);
    }
  }

  private ReviewState askAgain(TemporalConnection server, LeaseLabels lease) {
    try {
      return ask(server, lease);
    } catch (StatusRuntimeException twice) {
      String why =
          "Temporal at " + server.address() + " does not say (" + twice.getStatus().getCode() + ")";
      silence = why;
      return ReviewState.silent(why);
    }
  }

  /** The latest run comes last: one that began meanwhile is seen. */
  private ReviewState ask(TemporalConnection server, LeaseLabels lease) {
    ReviewRuns runs = new ReviewRuns(server.client());
    String namespace = namespaceId;
    if (namespace == null) {
      namespace = runs.namespaceId();
      namespaceId = namespace;
    }
    State own = runs.run(lease.workflowId(), lease.runId()).state();
    State batch = runs.latest(Fleet.batchWorkflowId(lease.batch())).state();
    return new ReviewState(own, runs.latest(lease.workflowId()).state(), batch, namespace, null);
  }

  @Override
  public void close() {
    if (connection != null) {
      connection.close();
    }
  }
}
