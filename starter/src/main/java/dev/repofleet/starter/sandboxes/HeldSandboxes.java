package dev.repofleet.starter.sandboxes;

import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.e2b.SandboxListing;
import dev.repofleet.e2b.SandboxQuery;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.render.Wording;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.LeaseLabels;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a fleet holds at E2B, running and paused.
 *
 * @param sandboxes of this fleet, newest first
 * @param foreign how many of the account's carry no or another fleet's name
 * @param serverTime when they were listed, by E2B's clock
 */
record HeldSandboxes(List<SandboxInfo> sandboxes, int foreign, Optional<Instant> serverTime) {
  HeldSandboxes {
    sandboxes = List.copyOf(sandboxes);
  }

  /**
   * A sandbox and whose it is.
   *
   * @param lease absent when its labels name no review
   */
  record Judged(SandboxInfo sandbox, @Nullable LeaseLabels lease, Verdict verdict) {
    /** The sandbox, and what it was made for, on one line. */
    String name() {
      String id = PlainText.of(sandbox.sandboxId());
      return lease == null ? id : id + " (" + lease.batch() + ", " + lease.key() + ")";
    }
  }

  /** Lists all pages of both states. */
  static HeldSandboxes of(Fleet fleet, E2bClient client) {
    return of(fleet, client.listing(SandboxQuery.all()));
  }

  static HeldSandboxes of(Fleet fleet, SandboxListing all) {
    List<SandboxInfo> ours =
        all.sandboxes().stream()
            .filter(sandbox -> fleet.name().equals(sandbox.metadata().get("fleet")))
            .toList();
    return new HeldSandboxes(ours, all.sandboxes().size() - ours.size(), all.serverTime());
  }

  /** Judges one; the reviews must be asked after the listing, or what began meanwhile is missed. */
  Judged judge(SandboxInfo sandbox, Reviews reviews, PoolSandboxes pool) {
    LeaseLabels lease = LeaseLabels.of(sandbox.metadata()).orElse(null);
    ReviewState state =
        lease == null ? ReviewState.silent("there is nothing to ask for") : reviews.of(lease);
    Verdict verdict = OwnerJudgement.judge(sandbox, lease, state, serverTime);
    if (verdict.owner() == Owner.FREE && pool.mayHave(sandbox.sandboxId())) {
      verdict = OwnerJudgement.POOLED;
    }
    return new Judged(sandbox, lease, verdict);
  }

  /** For a fleet that holds nothing there. */
  static String noneSentence(Fleet fleet, URI address) {
    return "The fleet " + fleet.name() + " holds no sandbox at " + address + ".";
  }

  /** Empty where all of the account's are this fleet's. */
  Optional<String> foreignSentence() {
    return foreign == 0
        ? Optional.empty()
        : Optional.of(
            Wording.count(foreign, "sandbox", "sandboxes")
                + " of the account "
                + (foreign == 1 ? "is" : "are")
                + " not this fleet's.");
  }
}
