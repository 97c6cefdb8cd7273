package dev.repofleet.workflows.activities.pool;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a look at holders and at E2B found. At most {@value #MOST_STRAYS} strays: the next look
 * finds the rest.
 *
 * @param closed leases whose holder's run has ended, and no Reset of it goes on
 * @param moved leases whose holder goes on in another run, after a Reset
 * @param sandboxes ids of all the fleet's sandboxes in E2B's list that are in a lease, among {@code
 *     warm} or being ended: what is missing here is gone
 * @param strays of the fleet, in no lease, not warm and not being ended
 * @param foreign how many running sandboxes of the account are not this fleet's
 * @param settings of the pool's run before; only where they were asked for and found
 * @param stillThere leases that are being ended and have a sandbox in E2B's list; absent when an
 *     earlier version looks
 */
@Payload
public record PoolInspectionOutcome(
    List<String> closed,
    List<Moved> moved,
    List<String> sandboxes,
    List<Stray> strays,
    int foreign,
    @Nullable PoolSettings settings,
    @Nullable List<String> stillThere) {

  /** More than that in one look would make a payload too large. */
  public static final int MOST_STRAYS = 500;

  public PoolInspectionOutcome {
    closed = List.copyOf(closed);
    moved = List.copyOf(moved);
    sandboxes = List.copyOf(sandboxes);
    strays = List.copyOf(strays);
    stillThere = stillThere == null ? null : List.copyOf(stillThere);
  }

  /** A lease and the run that has it now. */
  @Payload
  public record Moved(String leaseId, String runId) {
    public Moved {
      Objects.requireNonNull(leaseId, "leaseId");
      Objects.requireNonNull(runId, "runId");
    }
  }

  /**
   * A sandbox that no lease of the pool names.
   *
   * @param sandboxId of it
   * @param leaseId its label
   * @param workflowId of the review that its labels name; absent when they name none
   * @param runId of that review's run that is open; absent when none is
   * @param batch of that review
   * @param running false when it is paused
   * @param owner as far as Temporal knows
   */
  @Payload
  public record Stray(
      String sandboxId,
      String leaseId,
      @Nullable String workflowId,
      @Nullable String runId,
      @Nullable String batch,
      boolean running,
      Owner owner) {
    public Stray {
      Objects.requireNonNull(sandboxId, "sandboxId");
      Objects.requireNonNull(leaseId, "leaseId");
      Objects.requireNonNull(owner, "owner");
    }
  }

  /** Whose a sandbox is. */
  public enum Owner {
    /** A review that is open. */
    REVIEW,
    /** Nobody: its review has ended. */
    NOBODY,
    /** It can't be told, or not yet. */
    UNKNOWN;

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
    public static Owner of(String code) {
      return valueOf(code.toUpperCase(Locale.ROOT));
    }
  }
}
