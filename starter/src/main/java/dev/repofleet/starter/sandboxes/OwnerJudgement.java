package dev.repofleet.starter.sandboxes;

import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.e2b.SandboxState;
import dev.repofleet.starter.render.Wording;
import dev.repofleet.workflows.client.LeaseLabels;
import dev.repofleet.workflows.client.ReviewRuns.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides whose a sandbox of this fleet is. Stateless; whatever is in doubt is nobody's to delete.
 *
 * <p>A closed run alone frees nothing: a review that was reset, or is followed up, goes on under
 * the same workflow id with another run. And a run that the server does not know proves nothing:
 * another server, or another namespace, may have a batch of the same id at work. Only a label that
 * names the namespace tells them apart.
 */
final class OwnerJudgement {
  /** Workers look for a sandbox whose creation they lost, and delete what came late, in less. */
  static final Duration YOUNG = Duration.ofMinutes(5);

  /** Reviews that wait for a person keep a paused sandbox for an hour, unless a plan says more. */
  static final Duration LONG_PAUSED = Duration.ofDays(1);

  /** Of what would be free, were it not for a pool that uses sandboxes again. */
  static final Verdict POOLED =
      new Verdict(
          Owner.UNKNOWN,
          "its review has ended, but the pool uses sandboxes again, may have it, and ends it itself");

  private OwnerJudgement() {}

  /**
   * The verdict.
   *
   * @param lease absent when the labels do not name a review
   * @param state what Temporal says of it
   * @param now by the clock that {@code startedAt} and {@code endAt} come from; empty when unknown
   */
  static Verdict judge(
      SandboxInfo sandbox, @Nullable LeaseLabels lease, ReviewState state, Optional<Instant> now) {
    if (lease == null) {
      return new Verdict(Owner.UNKNOWN, "its labels do not name a review");
    }
    if (state.silence() != null) {
      return new Verdict(Owner.UNKNOWN, state.silence());
    }
    String namespace = sandbox.metadata().get(LeaseLabels.NAMESPACE);
    boolean ours = namespace != null && namespace.equals(state.namespaceId());
    if (namespace != null && state.namespaceId() != null && !ours) {
      return new Verdict(Owner.UNKNOWN, "it is another server's, or another namespace's");
    }
    if (state.own() == State.OPEN) {
      return new Verdict(Owner.OWNED, "its review is open");
    }
    if (state.latest() == State.OPEN) {
      return new Verdict(Owner.OWNED, "a later run of its review is open");
    }
    if (state.own() == State.CLOSED) {
      return state.latest() == State.CLOSED
          ? new Verdict(Owner.FREE, "its review has ended" + pausedFor(sandbox, now))
          : new Verdict(Owner.UNKNOWN, "the server is just forgetting its review; look again");
    }
    return ours ? ofForgottenRun(sandbox, now) : ofUnknownRun(sandbox, lease, state, now);
  }

  /** Its label proves that the run was this namespace's. */
  private static Verdict ofForgottenRun(SandboxInfo sandbox, Optional<Instant> now) {
    return now.filter(time -> isYoung(sandbox, time)).isPresent()
        ? new Verdict(Owner.YOUNG, "its run is not known here, but it is new; look again later")
        : new Verdict(Owner.FREE, "its run is forgotten here" + pausedFor(sandbox, now));
  }

  private static boolean isYoung(SandboxInfo sandbox, Instant now) {
    return Duration.between(sandbox.startedAt(), now).compareTo(YOUNG) < 0;
  }

  private static Verdict ofUnknownRun(
      SandboxInfo sandbox, LeaseLabels lease, ReviewState state, Optional<Instant> now) {
    if (state.batch() == State.NOT_KNOWN) {
      return new Verdict(
          Owner.UNKNOWN,
          "batch "
              + lease.batch()
              + " is not known here; another server or namespace may have it, else delete it by"
              + " hand");
    }
    if (now.isEmpty()) {
      return new Verdict(
          Owner.UNKNOWN, "its run is not known here, and E2B does not tell its time");
    }
    if (isYoung(sandbox, now.get())) {
      return new Verdict(Owner.YOUNG, "its run is not known here, but it is new; look again later");
    }
    return paused(sandbox, now).filter(paused -> paused.compareTo(LONG_PAUSED) > 0).isPresent()
        ? new Verdict(Owner.FREE, "its run is not known here any more" + pausedFor(sandbox, now))
        : new Verdict(
            Owner.UNKNOWN,
            "its run is not known here: forgotten, or another server's; free once it has been"
                + " paused for a day");
  }

  /** Empty for one that is not paused, and where it can't be told how long. */
  private static Optional<Duration> paused(SandboxInfo sandbox, Optional<Instant> now) {
    return sandbox.state() == SandboxState.PAUSED
        ? now.map(time -> Duration.between(sandbox.endAt(), time))
        : Optional.empty();
  }

  private static String pausedFor(SandboxInfo sandbox, Optional<Instant> now) {
    return paused(sandbox, now).map(time -> ", paused for " + Wording.duration(time)).orElse("");
  }
}
