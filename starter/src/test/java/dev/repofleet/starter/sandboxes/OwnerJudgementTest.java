package dev.repofleet.starter.sandboxes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.e2b.SandboxState;
import dev.repofleet.workflows.client.LeaseLabels;
import dev.repofleet.workflows.client.ReviewRuns.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OwnerJudgementTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final LeaseLabels LEASE =
      new LeaseLabels("nightly", "app-0123456789", "11111111-2222-3333-4444-555555555555");

  private static SandboxInfo running(Duration age) {
    return sandbox(SandboxState.RUNNING, NOW.minus(age), NOW.plus(HOUR));
  }

  private static SandboxInfo paused(Duration since) {
    return sandbox(SandboxState.PAUSED, NOW.minus(since).minus(HOUR), NOW.minus(since));
  }

  private static SandboxInfo sandbox(SandboxState state, Instant startedAt, Instant endAt) {
    return new SandboxInfo(
        "i1",
        "claude",
        null,
        state,
        startedAt,
        endAt,
        Map.of("fleet", "repofleet"),
        "0.6",
        2,
        1,
        1);
  }

  private static ReviewState state(State own, State latest, State batch) {
    return new ReviewState(own, latest, batch, null, null);
  }

  private static Owner owner(SandboxInfo sandbox, ReviewState state) {
    return OwnerJudgement.judge(sandbox, LEASE, state, Optional.of(NOW)).owner();
  }

  @Test
  void a_sandbox_belongs_to_its_open_review_however_long_it_has_been_paused() {
    ReviewState open = state(State.OPEN, State.OPEN, State.OPEN);
    assertThat(owner(running(HOUR), open)).isEqualTo(Owner.OWNED);
    assertThat(owner(paused(Duration.ofDays(40)), open)).isEqualTo(Owner.OWNED);
  }

  @Test
  void a_review_that_was_reset_or_is_followed_up_keeps_it_by_its_later_run() {
    Verdict verdict =
        OwnerJudgement.judge(
            paused(Duration.ofDays(2)),
            LEASE,
            state(State.CLOSED, State.OPEN, State.CLOSED),
            Optional.of(NOW));
    assertThat(verdict.owner()).isEqualTo(Owner.OWNED);
    assertThat(verdict.reason()).contains("later run");
    assertThat(owner(running(HOUR), state(State.NOT_KNOWN, State.OPEN, State.NOT_KNOWN)))
        .isEqualTo(Owner.OWNED);
  }

  @Test
  void what_an_ended_review_left_is_free_running_or_paused_new_or_old() {
    ReviewState closed = state(State.CLOSED, State.CLOSED, State.OPEN);
    assertThat(owner(running(Duration.ofSeconds(3)), closed)).isEqualTo(Owner.FREE);
    assertThat(owner(running(HOUR), closed)).isEqualTo(Owner.FREE);
    assertThat(
            OwnerJudgement.judge(paused(Duration.ofDays(2)), LEASE, closed, Optional.of(NOW))
                .reason())
        .isEqualTo("its review has ended, paused for 48 h 0 min");
    assertThat(owner(running(HOUR), state(State.CLOSED, State.CLOSED, State.NOT_KNOWN)))
        .as("the batch may be forgotten, the review itself is known")
        .isEqualTo(Owner.FREE);
  }

  @Test
  void a_closed_run_frees_it_without_a_clock() {
    assertThat(
            OwnerJudgement.judge(
                    paused(HOUR),
                    LEASE,
                    state(State.CLOSED, State.CLOSED, State.OPEN),
                    Optional.empty())
                .owner())
        .isEqualTo(Owner.FREE);
  }

  @Test
  void of_a_batch_that_this_server_does_not_know_nothing_is_free() {
    ReviewState stranger = state(State.NOT_KNOWN, State.NOT_KNOWN, State.NOT_KNOWN);
    for (SandboxInfo sandbox :
        new SandboxInfo[] {running(Duration.ZERO), running(HOUR), paused(Duration.ofDays(99))}) {
      assertThat(owner(sandbox, stranger)).isEqualTo(Owner.UNKNOWN);
    }
    assertThat(OwnerJudgement.judge(running(HOUR), LEASE, stranger, Optional.of(NOW)).reason())
        .contains("batch nightly is not known here")
        .contains("namespace");
  }

  /** Two servers with a batch of the same id, on one account and with the same fleet's name. */
  @Test
  void a_batch_of_the_same_id_on_another_server_keeps_what_works() {
    for (State latest : Set.of(State.CLOSED, State.NOT_KNOWN)) {
      ReviewState namesake = state(State.NOT_KNOWN, latest, State.OPEN);
      assertThat(owner(running(Duration.ofHours(20)), namesake)).isEqualTo(Owner.UNKNOWN);
      assertThat(owner(paused(Duration.ofHours(20)), namesake)).isEqualTo(Owner.UNKNOWN);
    }
  }

  @Test
  void a_forgotten_run_frees_it_once_it_has_been_paused_for_a_day() {
    ReviewState forgotten = state(State.NOT_KNOWN, State.NOT_KNOWN, State.CLOSED);
    assertThat(owner(paused(Duration.ofHours(24)), forgotten)).isEqualTo(Owner.UNKNOWN);
    assertThat(owner(paused(Duration.ofHours(24).plusSeconds(1)), forgotten)).isEqualTo(Owner.FREE);
  }

  @Test
  void one_that_is_new_is_left_for_its_owner_to_show_up() {
    ReviewState unknownRun = state(State.NOT_KNOWN, State.NOT_KNOWN, State.OPEN);
    assertThat(owner(running(Duration.ZERO), unknownRun)).isEqualTo(Owner.YOUNG);
    assertThat(owner(running(Duration.ofSeconds(299)), unknownRun)).isEqualTo(Owner.YOUNG);
    assertThat(owner(running(Duration.ofSeconds(-30)), unknownRun))
        .as("created after the first page was listed")
        .isEqualTo(Owner.YOUNG);
    assertThat(owner(running(OwnerJudgement.YOUNG), unknownRun)).isEqualTo(Owner.UNKNOWN);
  }

  @Test
  void without_the_servers_clock_nothing_is_old() {
    Verdict verdict =
        OwnerJudgement.judge(
            paused(Duration.ofDays(9)),
            LEASE,
            state(State.NOT_KNOWN, State.NOT_KNOWN, State.OPEN),
            Optional.empty());
    assertThat(verdict.owner()).isEqualTo(Owner.UNKNOWN);
    assertThat(verdict.reason()).contains("does not tell its time");
  }

  @Test
  void a_server_that_says_nothing_and_labels_that_name_nothing_free_nothing() {
    assertThat(
            OwnerJudgement.judge(
                paused(Duration.ofDays(9)),
                LEASE,
                ReviewState.silent("Temporal at t:1 does not say (UNAVAILABLE)"),
                Optional.of(NOW)))
        .isEqualTo(new Verdict(Owner.UNKNOWN, "Temporal at t:1 does not say (UNAVAILABLE)"));
    assertThat(
            OwnerJudgement.judge(
                    paused(Duration.ofDays(9)),
                    null,
                    state(State.CLOSED, State.CLOSED, State.CLOSED),
                    Optional.of(NOW))
                .owner())
        .isEqualTo(Owner.UNKNOWN);
  }

  @Test
  void answers_that_do_not_fit_together_free_nothing() {
    assertThat(owner(running(HOUR), state(State.CLOSED, State.NOT_KNOWN, State.OPEN)))
        .isEqualTo(Owner.UNKNOWN);
  }

  private static SandboxInfo labelled(SandboxInfo of, String namespace) {
    return new SandboxInfo(
        of.sandboxId(),
        of.template(),
        of.alias(),
        of.state(),
        of.startedAt(),
        of.endAt(),
        Map.of("fleet", "repofleet", "namespace", namespace),
        of.envdVersion(),
        of.cpuCount(),
        of.memoryMb(),
        of.diskSizeMb());
  }

  @Test
  void one_of_another_namespace_is_left_alone_whatever_is_known_here() {
    for (State run : State.values()) {
      assertThat(
              owner(
                  labelled(paused(Duration.ofDays(9)), "theirs"),
                  new ReviewState(run, run, State.CLOSED, "ours", null)))
          .isEqualTo(Owner.UNKNOWN);
    }
  }

  @Test
  void a_run_of_this_namespace_that_is_not_known_is_forgotten_and_frees_it_at_once() {
    ReviewState nothing =
        new ReviewState(State.NOT_KNOWN, State.NOT_KNOWN, State.NOT_KNOWN, "ours", null);
    assertThat(owner(labelled(running(HOUR), "ours"), nothing)).isEqualTo(Owner.FREE);
    assertThat(owner(labelled(paused(HOUR), "ours"), nothing)).isEqualTo(Owner.FREE);
    assertThat(owner(labelled(running(Duration.ofSeconds(9)), "ours"), nothing))
        .isEqualTo(Owner.YOUNG);
    assertThat(
            owner(
                labelled(running(HOUR), "ours"),
                new ReviewState(State.NOT_KNOWN, State.OPEN, State.NOT_KNOWN, "ours", null)))
        .as("a later run may have it")
        .isEqualTo(Owner.OWNED);
  }

  @Test
  void a_namespace_that_could_not_be_asked_for_proves_nothing() {
    assertThat(
            owner(
                labelled(running(HOUR), "ours"),
                state(State.NOT_KNOWN, State.NOT_KNOWN, State.NOT_KNOWN)))
        .isEqualTo(Owner.UNKNOWN);
  }
}
