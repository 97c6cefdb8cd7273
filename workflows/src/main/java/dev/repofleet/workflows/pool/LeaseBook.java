package dev.repofleet.workflows.pool;

import dev.repofleet.workflows.activities.pool.EndLeasesInput;
import dev.repofleet.workflows.activities.pool.PoolInspection.Holder;
import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.pool.PoolCarry.Held;
import dev.repofleet.workflows.pool.PoolCarry.Parked;
import dev.repofleet.workflows.pool.PoolCarry.Unresolved;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Every lease the pool knows, in one of three states: held by a review, parked with a paused
 * sandbox, or being ended. Not thread-safe.
 */
final class LeaseBook {
  /** Often enough for a few sandboxes too many, and no burden for one who can't give back yet. */
  static final long ASK_AGAIN = Duration.ofMinutes(5).toMillis();

  private final Map<String, Held> held = new LinkedHashMap<>();
  private final Map<String, Parked> parked = new LinkedHashMap<>();
  private final Map<String, Unresolved> unresolved = new LinkedHashMap<>();

  LeaseBook(PoolCarry carry) {
    carry.held().forEach(this::hold);
    carry.parked().forEach(one -> parked.put(one.request().leaseId(), one));
    carry.unresolved().forEach(one -> unresolved.put(one.leaseId(), one));
  }

  @Nullable Held held(String leaseId) {
    return held.get(leaseId);
  }

  /** From now on a review has it; its paused sandbox, if it has one, is woken. */
  void hold(Held one) {
    parked.remove(one.request().leaseId());
    held.put(one.request().leaseId(), one);
  }

  /** Takes it away from its holder; absent when nobody had it. */
  @Nullable Held takeBack(String leaseId) {
    return held.remove(leaseId);
  }

  boolean isParked(String leaseId) {
    return parked.containsKey(leaseId);
  }

  void park(Parked one) {
    parked.put(one.request().leaseId(), one);
  }

  /**
   * Those parked the longest beyond so many, but for those that were asked of late: one who has not
   * given back may not have heard it.
   */
  List<LeaseRequest> askBack(int most, long now) {
    List<LeaseRequest> asked =
        parked.values().stream()
            .sorted(Comparator.comparingLong(Parked::since))
            .limit(Math.max(0, parked.size() - most))
            .filter(one -> one.askedBackAt() == 0 || now - one.askedBackAt() >= ASK_AGAIN)
            .map(Parked::request)
            .toList();
    asked.forEach(one -> parked.computeIfPresent(one.leaseId(), (id, was) -> was.asked(now)));
    return asked;
  }

  boolean isEnding(String leaseId) {
    return unresolved.containsKey(leaseId);
  }

  /**
   * Nothing is known of what is left of it: a place that it has it keeps until E2B confirms the
   * end.
   */
  void end(String leaseId, @Nullable String sandboxId) {
    Parked paused = parked.remove(leaseId);
    Held has = held.remove(leaseId);
    String known = sandboxId != null ? sandboxId : has != null ? has.sandboxId() : null;
    if (known == null && paused != null) {
      known = paused.sandboxId();
    }
    end(new Unresolved(leaseId, known, has != null));
  }

  void end(Unresolved one) {
    unresolved.putIfAbsent(one.leaseId(), one);
  }

  /** Nothing is left of it. */
  void forget(String leaseId) {
    held.remove(leaseId);
    parked.remove(leaseId);
    unresolved.remove(leaseId);
  }

  /** Its holder goes on in another run. */
  void moved(String leaseId, String runId) {
    held.computeIfPresent(leaseId, (id, one) -> one.byRun(runId));
    parked.computeIfPresent(leaseId, (id, one) -> one.byRun(runId));
  }

  /** Its holder may know of it now; one whose lease was adopted hears nothing unless it waits. */
  void told(String leaseId) {
    held.computeIfPresent(leaseId, (id, one) -> one.adopted() ? one : one.told());
  }

  /** Forgets what was adopted from E2B's list and is there no more. */
  void keepAdopted(Set<String> listed) {
    held.values().removeIf(one -> one.adopted() && !listed.contains(one.sandboxId()));
  }

  boolean knows(String leaseId) {
    return held.containsKey(leaseId)
        || parked.containsKey(leaseId)
        || unresolved.containsKey(leaseId);
  }

  /** In any state. */
  int count() {
    return held.size() + parked.size() + unresolved.size();
  }

  int heldCount() {
    return held.size();
  }

  int parkedCount() {
    return parked.size();
  }

  int unresolvedCount() {
    return unresolved.size();
  }

  /** Places taken by leases and by what is left of them. */
  int places() {
    return held.size() + endingPlaces();
  }

  /** Places that come free once E2B confirms an end. */
  int endingPlaces() {
    return (int) unresolved.values().stream().filter(Unresolved::place).count();
  }

  boolean isEmpty() {
    return held.isEmpty() && parked.isEmpty() && unresolved.isEmpty();
  }

  /** Whether another lease than this one has the sandbox, at work or paused. */
  boolean otherHas(String leaseId, @Nullable String sandboxId) {
    return sandboxId != null
        && (held.values().stream()
                .anyMatch(
                    one ->
                        sandboxId.equals(one.sandboxId())
                            && !one.request().leaseId().equals(leaseId))
            || parked.values().stream()
                .anyMatch(
                    one ->
                        sandboxId.equals(one.sandboxId())
                            && !one.request().leaseId().equals(leaseId)));
  }

  /** Sandboxes that reviews have, as far as they are known by id. */
  Set<String> sandboxIds() {
    Set<String> ids = new TreeSet<>();
    parked.values().forEach(one -> ids.add(one.sandboxId()));
    held.values().stream().map(Held::sandboxId).filter(Objects::nonNull).forEach(ids::add);
    return ids;
  }

  /** Everybody who has a lease or a paused sandbox. */
  List<Holder> holders() {
    List<Holder> all = new ArrayList<>();
    held.values().forEach(one -> all.add(holder(one.request(), one.sandboxId())));
    parked.values().forEach(one -> all.add(holder(one.request(), one.sandboxId())));
    return all;
  }

  private static Holder holder(LeaseRequest request, @Nullable String sandboxId) {
    return new Holder(request.leaseId(), request.workflowId(), request.runId(), sandboxId);
  }

  List<EndLeasesInput.Left> ending() {
    return unresolved.values().stream()
        .map(one -> new EndLeasesInput.Left(one.leaseId(), one.sandboxId()))
        .toList();
  }

  /** The batches of those who have a lease or a paused sandbox. */
  Set<String> batches() {
    Set<String> batches = new TreeSet<>();
    held.values().forEach(one -> batches.add(one.request().batch()));
    parked.values().forEach(one -> batches.add(one.request().batch()));
    return batches;
  }

  List<Held> allHeld() {
    return List.copyOf(held.values());
  }

  List<Parked> allParked() {
    return List.copyOf(parked.values());
  }

  List<Unresolved> allUnresolved() {
    return List.copyOf(unresolved.values());
  }
}
