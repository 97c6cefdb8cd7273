package dev.repofleet.workflows.lease;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.repofleet.workflows.Payload;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A permit comes back. Telling it twice changes nothing.
 *
 * @param leaseId of the permit
 * @param runId of the review's run that had it
 * @param how it ended
 * @param sandboxId with {@link How#PARKED} and {@link How#RETURNED}: which; with {@link
 *     How#RELEASED}: the one that was deleted by its id, absent when none was, or an earlier
 *     version tells
 * @param retryAfterSeconds with {@link How#REFUSED_RATE}: what E2B asked for; absent when nothing;
 *     0 when E2B was not asked, since the slot was over
 */
@Payload
public record LeaseEnded(
    String leaseId,
    String runId,
    How how,
    @Nullable String sandboxId,
    @Nullable Long retryAfterSeconds,
    @Nullable String fence) {

  /** How a permit ends. */
  public enum How {
    /** E2B has confirmed that no sandbox of the lease is left. */
    RELEASED,
    /** The sandbox is paused and the lease goes on later: it will be acquired again. */
    PARKED,
    /** E2B refused to create the sandbox: the account's sandboxes are all in use. */
    REFUSED_QUOTA,
    /** E2B refused to create the sandbox: too many were created. */
    REFUSED_RATE,
    /** It is not known whether a sandbox is left: the pool must see to it. */
    UNRESOLVED,
    /** The sandbox was cleaned and may be used again for its repository. */
    RETURNED;

    /** Lower-case name, as payloads have it. */
    @JsonValue
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The value of a code.
     *
     * @throws IllegalArgumentException when there is none
     */
    @JsonCreator
    public static How of(String code) {
      return valueOf(code.toUpperCase(Locale.ROOT));
    }
  }

  public LeaseEnded {
    Objects.requireNonNull(leaseId, "leaseId");
    Objects.requireNonNull(runId, "runId");
    Objects.requireNonNull(how, "how");
  }

  /** The same without a fence. */
  public LeaseEnded(
      String leaseId,
      String runId,
      How how,
      @Nullable String sandboxId,
      @Nullable Long retryAfterSeconds) {
    this(leaseId, runId, how, sandboxId, retryAfterSeconds, null);
  }

  /** Whether the holder came too late for the slot of its permit, and needs another one. */
  public boolean missedItsSlot() {
    return how == How.REFUSED_RATE && retryAfterSeconds != null && retryAfterSeconds == 0;
  }

  /** Of a lease without more to say. */
  public static LeaseEnded of(String leaseId, String runId, How how) {
    return new LeaseEnded(leaseId, runId, how, null, null);
  }
}
