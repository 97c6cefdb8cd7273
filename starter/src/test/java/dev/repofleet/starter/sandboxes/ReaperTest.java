package dev.repofleet.starter.sandboxes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.e2b.E2bProtocolException;
import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.e2b.SandboxListing;
import dev.repofleet.e2b.SandboxState;
import dev.repofleet.starter.sandboxes.HeldSandboxes.Judged;
import dev.repofleet.starter.sandboxes.Reaper.Action;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.LeaseLabels;
import dev.repofleet.workflows.client.ReviewRuns.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReaperTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final String RUN = "11111111-2222-3333-4444-555555555555";
  private static final String OTHER_FLEET = "staging";

  private final Set<String> alive = new HashSet<>();
  private final Set<String> stuck = new HashSet<>();
  private final Set<String> open = new HashSet<>();
  private final Set<String> pooled = new HashSet<>();
  private final List<SandboxInfo> listed = new ArrayList<>();
  private final List<String> told = new ArrayList<>();

  /** A sandbox of a batch's review, whose key is the id. */
  private void sandbox(String id, String fleet) {
    alive.add(id);
    Map<String, String> labels =
        Map.of("fleet", fleet, "lease", "review/b/" + id + ":" + RUN + ":0", "run", RUN);
    listed.add(
        new SandboxInfo(
            id,
            "claude",
            null,
            SandboxState.RUNNING,
            NOW.minus(Duration.ofHours(1)),
            NOW,
            labels,
            "0.6",
            2,
            1,
            1));
  }

  private ReviewState review(LeaseLabels lease) {
    State run = open.contains(lease.key()) ? State.OPEN : State.CLOSED;
    return new ReviewState(run, run, State.OPEN, null, null);
  }

  private boolean kill(String id) {
    if (stuck.contains(id)) {
      throw new E2bProtocolException("cannot kill sandbox " + id + ": 500", null);
    }
    return alive.remove(id);
  }

  @Test
  void what_the_pool_may_use_again_is_left_though_its_first_review_has_ended() {
    sandbox("used", "repofleet");
    sandbox("free", "repofleet");
    pooled.add("used");
    reap(this::kill);
    assertThat(alive).containsExactly("used");
    assertThat(told).containsExactly("used left unknown", "free deleted");
  }

  private Reaper reap(@Nullable Predicate<String> kill) {
    Reaper reaper =
        new Reaper(
            this::review,
            pooled::contains,
            kill,
            new Reaper.Listener() {
              @Override
              public void left(Judged one) {
                told.add(one.sandbox().sandboxId() + " left " + one.verdict().owner().word());
              }

              @Override
              public void reaped(Judged one, Action action, @Nullable String problem) {
                told.add(
                    one.sandbox().sandboxId()
                        + " "
                        + action.word()
                        + (problem == null ? "" : ": " + problem));
              }
            });
    reaper.reap(HeldSandboxes.of(Fleet.DEFAULT, new SandboxListing(listed, Optional.of(NOW))));
    return reaper;
  }

  @Test
  void what_is_free_is_deleted_and_the_rest_left_alone() {
    sandbox("i1", Fleet.DEFAULT.name());
    sandbox("i2", Fleet.DEFAULT.name());
    sandbox("i3", OTHER_FLEET);
    open.add("i2");
    Reaper reaper = reap(this::kill);
    assertThat(alive).containsExactlyInAnyOrder("i2", "i3");
    assertThat(told).containsExactly("i1 deleted", "i2 left owned");
    assertThat(reaper.deleted()).isEqualTo(1);
    assertThat(reaper.left(Owner.OWNED)).isEqualTo(1);
    assertThat(reaper.failed()).isZero();
  }

  @Test
  void another_fleets_are_counted_and_never_judged() {
    sandbox("i1", OTHER_FLEET);
    HeldSandboxes held =
        HeldSandboxes.of(Fleet.DEFAULT, new SandboxListing(listed, Optional.of(NOW)));
    assertThat(held.sandboxes()).isEmpty();
    assertThat(held.foreign()).isEqualTo(1);
    assertThat(held.foreignSentence()).hasValue("1 sandbox of the account is not this fleet's.");
  }

  @Test
  void one_that_can_not_be_deleted_keeps_none_of_the_others() {
    List.of("i1", "i2", "i3").forEach(id -> sandbox(id, Fleet.DEFAULT.name()));
    stuck.add("i2");
    Reaper reaper = reap(this::kill);
    assertThat(alive).containsExactly("i2");
    assertThat(told)
        .containsExactly("i1 deleted", "i2 not_deleted: cannot kill sandbox i2: 500", "i3 deleted");
    assertThat(reaper.failed()).isEqualTo(1);
  }

  @Test
  void one_that_is_gone_already_is_fine() {
    sandbox("i1", Fleet.DEFAULT.name());
    alive.clear();
    Reaper reaper = reap(this::kill);
    assertThat(told).containsExactly("i1 gone");
    assertThat(reaper.failed()).isZero();
  }

  @Test
  void a_dry_run_deletes_nothing() {
    sandbox("i1", Fleet.DEFAULT.name());
    Reaper reaper = reap(null);
    assertThat(alive).containsExactly("i1");
    assertThat(told).containsExactly("i1 would_delete");
    assertThat(reaper.deleted()).isEqualTo(1);
  }

  @Test
  void a_review_that_begins_again_while_others_are_deleted_keeps_its_sandbox() {
    sandbox("i1", Fleet.DEFAULT.name());
    sandbox("i2", Fleet.DEFAULT.name());
    reap(
        id -> {
          open.add("i2");
          return kill(id);
        });
    assertThat(alive).containsExactly("i2");
  }
}
