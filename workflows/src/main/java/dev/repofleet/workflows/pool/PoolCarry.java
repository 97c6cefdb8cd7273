package dev.repofleet.workflows.pool;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.lease.LeaseEnded;
import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All that a pool knows, for the run that continues it. Times are milliseconds since the epoch.
 *
 * @param settings in force
 * @param waiting the line, in its order
 * @param passed permits granted since the last that went to the lowest priority
 * @param held leases
 * @param unresolved what is being ended
 * @param parked leases whose sandbox is paused
 * @param warm sandboxes that wait for a lease
 * @param rate of creates
 * @param account what the account leaves to this fleet
 * @param provider how the model's provider stands
 * @param strays sandboxes of unknown owners that take a place
 * @param leaked as the last look found
 * @param told batches that know that the pool is held
 * @param resumedAt when a person last resumed it
 * @param learning whether the world is to be looked at before a permit is given
 */
@Payload
public record PoolCarry(
    PoolSettings settings,
    List<Waiting> waiting,
    int passed,
    List<Held> held,
    List<Unresolved> unresolved,
    List<Parked> parked,
    List<Warm> warm,
    Limit rate,
    Limit account,
    Limit provider,
    @Nullable String providerHold,
    int strays,
    int leaked,
    List<String> told,
    long resumedAt,
    boolean learning) {
  public PoolCarry {
    Objects.requireNonNull(settings, "settings");
    waiting = List.copyOf(waiting);
    held = List.copyOf(held);
    unresolved = List.copyOf(unresolved);
    parked = List.copyOf(parked);
    warm = List.copyOf(warm);
    Objects.requireNonNull(rate, "rate");
    Objects.requireNonNull(account, "account");
    Objects.requireNonNull(provider, "provider");
    told = List.copyOf(told);
  }

  /** What a pool knows that begins. */
  static PoolCarry nothing(PoolSettings settings) {
    return new PoolCarry(
        settings,
        List.of(),
        0,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        new Limit(settings.createRate(), 0, 0),
        new Limit(settings.maximumPoolSize(), 0, 0),
        ProviderHealth.healthy(),
        null,
        0,
        0,
        List.of(),
        0,
        false);
  }

  /**
   * Somebody in the line.
   *
   * @param seenAt when it last asked
   * @param tried whether it had the permit before, and E2B refused it: something may have been
   *     created under it
   */
  @Payload
  public record Waiting(LeaseRequest request, long seenAt, boolean tried) {}

  /**
   * A permit that a review has.
   *
   * @param sandboxId of a warm sandbox it was given, or of the paused one it goes on with; absent
   *     when it creates its own
   * @param before the run that had it before a Reset; what that one tells is void
   * @param untold its holder can't know of it yet; of one that was adopted: it has not asked for it
   *     since, and may know the fence of a pool before alone
   * @param mayExist whether something may have been created under it before
   * @param adopted it was found in E2B's list, and is believed while it is listed
   */
  @Payload
  public record Held(
      LeaseRequest request,
      String fence,
      long notBefore,
      @Nullable String sandboxId,
      @Nullable String before,
      boolean untold,
      boolean mayExist,
      boolean adopted) {

    /** Whether an end is of an earlier permit of the lease, or of a run before a Reset. */
    boolean isNotMeantBy(LeaseEnded end) {
      return end.runId().equals(before) || (end.fence() != null && !end.fence().equals(fence));
    }

    /**
     * Whether what was adopted is paused by a holder that works under a permit of a pool before,
     * and has never heard of this one's fence.
     */
    boolean mayKnowOlderFence(LeaseEnded end) {
      return adopted
          && untold
          && end.how() == LeaseEnded.How.PARKED
          && !end.runId().equals(before)
          && Objects.equals(end.sandboxId(), sandboxId);
    }

    /**
     * Whether a warm sandbox came with it that its holder, who ends it, never took: it was given
     * while the release was under way, which names another one or none.
     */
    boolean leavesWhatWasGiven(LeaseEnded end) {
      return sandboxId != null
          && !adopted
          && !sandboxId.equals(request.parkedSandboxId())
          && !sandboxId.equals(end.sandboxId())
          && end.runId().equals(request.runId());
    }

    /** Another run of the review has it, after a Reset: the fence of before fits no more. */
    Held movedTo(LeaseRequest by, String newFence) {
      return new Held(
          by, newFence, notBefore, sandboxId, request.runId(), false, mayExist, adopted);
    }

    /** The same, with another run known to have it. */
    Held byRun(String runId) {
      return new Held(
          request.byRun(runId), fence, notBefore, sandboxId, before, untold, mayExist, adopted);
    }

    /** The same, once its holder may know of it. */
    Held told() {
      return new Held(request, fence, notBefore, sandboxId, before, false, mayExist, adopted);
    }

    /** What the holder is told. One that was adopted finds its sandbox by the lease's label. */
    PermitReply reply(boolean keep) {
      return PermitReply.granted(request, fence, notBefore, adopted ? null : sandboxId, keep);
    }
  }

  /**
   * What may be left of a lease, until E2B confirms that it is gone.
   *
   * @param sandboxId to be deleted besides what carries the lease's label; absent when not known
   * @param place whether it takes one: a paused sandbox does not
   */
  @Payload
  public record Unresolved(String leaseId, @Nullable String sandboxId, boolean place) {}

  /**
   * A lease whose sandbox is paused.
   *
   * @param askedBackAt when its holder was last asked to give it back; 0 when it was not
   */
  @Payload
  public record Parked(LeaseRequest request, String sandboxId, long since, long askedBackAt) {
    /** The same, of another run, which may not have heard what the one before was asked. */
    Parked byRun(String runId) {
      return new Parked(request.byRun(runId), sandboxId, since, 0);
    }

    Parked asked(long now) {
      return new Parked(request, sandboxId, since, now);
    }
  }

  /**
   * A sandbox that waits for a lease.
   *
   * @param label of it at E2B
   * @param sandboxId absent while it is being created
   * @param repository the only one it may be used for; absent: any
   */
  @Payload
  public record Warm(
      String label,
      @Nullable String sandboxId,
      String template,
      @Nullable String repository,
      boolean paused,
      long createdAt,
      long idleSince) {}

  /**
   * A limit that gives way and comes back.
   *
   * @param value of it now
   * @param changedAt when it last did
   * @param closedUntil nothing is allowed before; 0 when open
   */
  @Payload
  public record Limit(double value, long changedAt, long closedUntil) {}
}
