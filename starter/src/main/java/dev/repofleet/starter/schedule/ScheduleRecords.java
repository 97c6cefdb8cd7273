package dev.repofleet.starter.schedule;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.target.ManifestBuilder;
import dev.repofleet.starter.target.WantedTargets;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.order.ManifestRef;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What the artifact store has of a schedule: what its batches are started with, and whose it is.
 * Several servers may share a store; what is left of a schedule that was made or deleted by halves
 * is only taken away by the one it was made for. Thread-safe.
 */
final class ScheduleRecords {
  private static final long MAX_OWNER = 1 << 16;

  private final ArtifactStore store;
  private final String schedule;
  private final Owner owner;

  /** Of a schedule on the server that {@code owner} names. */
  ScheduleRecords(ArtifactStore store, String schedule, Owner owner) {
    this.store = store;
    this.schedule = schedule;
    this.owner = owner;
  }

  /**
   * Which server has the schedule.
   *
   * @param namespaceId of its namespace, which no other server has
   * @param namespace its name, for people
   */
  record Owner(String namespaceId, String namespace) {}

  /** What was written. */
  record Written(ManifestRef manifest, PlanRef plan) {}

  /** Whether there is something of a schedule of that name that is this server's. */
  boolean areThere() {
    return stored().filter(other -> other.namespaceId().equals(owner.namespaceId())).isPresent();
  }

  private Optional<Owner> stored() {
    return store
        .readIfPresent(ownerUri(), MAX_OWNER)
        .map(json -> ArtifactJson.read(json, Owner.class, ownerUri()));
  }

  /**
   * Writes those of a new one. Two who create a schedule of one name at a time don't meet: the
   * server takes one of them, and {@link #discard} takes the other's away.
   *
   * @throws CommandException with exit code 2 when the name is another server's in this store
   */
  Written write(
      Map<String, String> environment, Consumer<String> talk, Plan plan, WantedTargets targets) {
    Optional<Owner> other =
        stored().filter(found -> !found.namespaceId().equals(owner.namespaceId()));
    if (other.isPresent()) {
      throw CommandException.wrongUse(
          "another Temporal server (namespace "
              + other.get().namespace()
              + ") has a schedule '"
              + schedule
              + "' in this artifact store: take another name");
    }
    putOwner();
    String creation = UUID.randomUUID().toString();
    ArtifactRef written =
        store.putNamed(ArtifactPaths.schedulePlan(schedule, creation), ArtifactJson.pretty(plan));
    var manifest =
        new ManifestBuilder(environment, store, talk)
            .writeScheduled(schedule, creation, plan, targets);
    // Who deleted another one of that name meanwhile may have seen nothing of this one.
    putOwner();
    return new Written(
        ManifestBuilder.forWorkflows(manifest),
        new PlanRef(written.uri(), written.sha256(), plan.name()));
  }

  private void putOwner() {
    store.putNamed(ArtifactPaths.scheduleOwner(schedule), ArtifactJson.pretty(owner));
  }

  /** Deletes what a schedule would have begun with that the server has not taken. */
  void discard(ManifestRef manifest, PlanRef plan) {
    store.delete(manifest.uri());
    store.delete(plan.uri());
  }

  /**
   * Deletes what one schedule of that name began with, and nothing of another one that somebody may
   * have created, or be creating, since it was deleted. Whose they are goes with the last of them.
   */
  void delete(ManifestRef manifest, PlanRef plan) {
    contents()
        .filter(uri -> uri.equals(manifest.uri()) || uri.equals(plan.uri()))
        .forEach(store::delete);
    if (contents().findAny().isEmpty()) {
      store.delete(ownerUri());
    }
  }

  /** Deletes all; whose they are last, so that what is left can be deleted after a failure. */
  void delete() {
    contents().forEach(store::delete);
    store.delete(ownerUri());
  }

  private Stream<String> contents() {
    return store.list(ArtifactPaths.scheduleFolder(schedule)).stream()
        .filter(uri -> !uri.equals(ownerUri()));
  }

  private String ownerUri() {
    return ArtifactUri.of(ArtifactPaths.scheduleOwner(schedule));
  }

  /** Of which store. */
  String storeId() {
    return store.storeId();
  }
}
