package dev.repofleet.e2b;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Snapshots of sandboxes. Thread-safe; made by {@link E2bClient#snapshots()}.
 *
 * <p>Failures are those of {@link E2bClient}.
 */
public final class Snapshots {
  private final ApiCalls api;

  Snapshots(ApiCalls api) {
    this.api = api;
  }

  /**
   * Copies a running sandbox, which stands still meanwhile and then goes on. Returns when the copy
   * is complete.
   *
   * <p>After an {@link E2bTransportException} whose {@code mayHaveBeenAccepted} is true a snapshot
   * may exist, and costs storage: {@link #list} shows it.
   *
   * @throws SandboxNotFoundException if the sandbox does not exist any more
   */
  public Snapshot create(String sandboxId) {
    return make(sandboxId, null);
  }

  /**
   * The same, with a name that it can be found and used by.
   *
   * @throws E2bStatusException with 400 if the name is none
   */
  public Snapshot create(String sandboxId, String name) {
    return make(sandboxId, name);
  }

  private Snapshot make(String sandboxId, @Nullable String name) {
    String operation = "snapshot sandbox " + sandboxId;
    HttpUrl.Builder url = api.path("sandboxes", ApiCalls.checkSandboxId(sandboxId), "snapshots");
    HttpReply reply = api.send(api.post(url, new ApiWire.NewSnapshot(name)), operation, sandboxId);
    return JsonCodec.read(reply.body(), ApiWire.SnapshotInfo.class, operation)
        .toSnapshot(operation);
  }

  /**
   * All of the team's, over as many requests as it takes.
   *
   * @param ofSandbox only copies of this one; empty is all
   */
  public List<Snapshot> list(Optional<String> ofSandbox) {
    String operation = "list snapshots";
    HttpUrl.Builder url = api.listing("snapshots");
    ofSandbox.ifPresent(id -> url.addQueryParameter("sandboxID", ApiCalls.checkSandboxId(id)));
    List<Snapshot> found = new ArrayList<>();
    api.pages(
        url.build(),
        ApiWire.SnapshotInfo.class,
        operation,
        (reply, page) -> page.forEach(snapshot -> found.add(snapshot.toSnapshot(operation))));
    return List.copyOf(found);
  }

  /**
   * Deletes one. Sandboxes that were created from it live on.
   *
   * @return false if it did not exist any more
   */
  public boolean delete(String snapshotId) {
    if (snapshotId.isBlank()) {
      throw new IllegalArgumentException("the snapshot to delete must be named");
    }
    try {
      api.send(api.delete(api.path("templates", snapshotId)), "delete snapshot " + snapshotId);
      return true;
    } catch (NotFoundException e) {
      return false;
    }
  }
}
