package dev.repofleet.workflows.lease;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.repofleet.workflows.Payload;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the pool tells a review. A permit that is not the one the review waits for is given back as
 * {@link LeaseEnded.How#UNRESOLVED}.
 *
 * @param kind of the message
 * @param leaseId it is about
 * @param workflowId of the review
 * @param runId of the review's run that asked
 * @param fence with {@link Kind#GRANTED}: 32 hexadecimal digits that let only this lease start an
 *     agent
 * @param notBefore with {@link Kind#GRANTED}: when the sandbox may be created or woken,
 *     milliseconds since the epoch
 * @param sandboxId with {@link Kind#GRANTED}: the warm sandbox to take, or the parked one to go on
 *     with; absent: create one
 * @param askAgainAfterSeconds with {@link Kind#ASK_AGAIN}
 * @param keep with {@link Kind#GRANTED}: whether the sandbox is to be cleaned and returned at the
 *     lease's end, for its repository's next
 */
@Payload
public record PermitReply(
    Kind kind,
    String leaseId,
    String workflowId,
    String runId,
    @Nullable String fence,
    long notBefore,
    @Nullable String sandboxId,
    long askAgainAfterSeconds,
    boolean keep) {

  /** What is told. */
  public enum Kind {
    /** The permit is there. */
    GRANTED,
    /** The line is full: ask again later. */
    ASK_AGAIN,
    /** Too many sandboxes are paused: give this one back if its work is saved. */
    GIVE_BACK;

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
    public static Kind of(String code) {
      return valueOf(code.toUpperCase(Locale.ROOT));
    }
  }

  public PermitReply {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(leaseId, "leaseId");
    Objects.requireNonNull(workflowId, "workflowId");
    Objects.requireNonNull(runId, "runId");
    if ((kind == Kind.GRANTED) != (fence != null)) {
      throw new IllegalArgumentException("a permit has a fence, and nothing else has");
    }
  }

  /** The permit is there. */
  public static PermitReply granted(
      LeaseRequest to, String fence, long notBefore, @Nullable String sandboxId, boolean keep) {
    return new PermitReply(
        Kind.GRANTED,
        to.leaseId(),
        to.workflowId(),
        to.runId(),
        fence,
        notBefore,
        sandboxId,
        0,
        keep);
  }

  /** The line is full. */
  public static PermitReply askAgain(LeaseRequest to, long afterSeconds) {
    return new PermitReply(
        Kind.ASK_AGAIN,
        to.leaseId(),
        to.workflowId(),
        to.runId(),
        null,
        0,
        null,
        afterSeconds,
        false);
  }

  /** Too many sandboxes are paused. */
  public static PermitReply giveBack(LeaseRequest to) {
    return new PermitReply(
        Kind.GIVE_BACK, to.leaseId(), to.workflowId(), to.runId(), null, 0, null, 0, false);
  }
}
