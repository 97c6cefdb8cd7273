package dev.repofleet.starter.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.starter.embedded.Checkup.State;
import dev.repofleet.starter.embedded.WorkerDeployment.Routing;
import dev.repofleet.starter.server.FleetWorkers.Seen;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VersionChecksTest {
  private static final Routing TWO = new Routing("two", null, 0);

  @Test
  void a_fleet_without_versions_has_nothing_to_check() {
    assertThat(new VersionChecks(name -> TWO, Optional.empty(), List.of(without())).all())
        .isEmpty();
  }

  @Test
  void the_current_build_that_polls_is_well() {
    assertThat(check(TWO, worker("two")).state()).isEqualTo(State.OK);
  }

  @Test
  void a_current_build_that_nobody_runs_any_more_is_a_failure_also_when_nobody_polls() {
    Checkup check = check(TWO);

    assertThat(check.state()).isEqualTo(State.FAILED);
    assertThat(check.found()).contains("build two is current, and none of its workers polls");
    assertThat(check.fix()).isEqualTo("start one");
  }

  @Test
  void a_worker_without_a_version_is_no_help_where_a_build_is_current() {
    Checkup check = check(TWO, without());

    assertThat(check.state()).isEqualTo(State.FAILED);
    assertThat(check.found()).contains("nothing gets done");
    assertThat(check.fix()).contains("--deployment-name fleet --unversioned").contains("start one");
  }

  @Test
  void another_build_that_polls_is_the_way_out() {
    Checkup check = check(TWO, worker("three"));

    assertThat(check.state()).isEqualTo(State.FAILED);
    assertThat(check.fix()).contains("--deployment-name fleet --build-id three");
  }

  @Test
  void those_that_get_nothing_are_named_and_the_ramping_ones_are_not_among_them() {
    Routing ramping = new Routing("two", "three", 10);

    Checkup check = check(ramping, worker("one"), worker("two"), worker("three"), without());

    assertThat(check.state()).isEqualTo(State.NOTE);
    assertThat(check.found())
        .contains("build three ramps up with 10 %")
        .endsWith("workers that get no new work: of build one, and 1 without a version");
  }

  @Test
  void workers_of_a_deployment_that_has_no_current_build_are_told_of_setup() {
    List<Checkup> checks =
        new VersionChecks(
                name -> new Routing(null, null, 0), Optional.empty(), List.of(worker("one")))
            .all();

    assertThat(checks).singleElement().extracting(Checkup::state).isEqualTo(State.FAILED);
    assertThat(checks.get(0).fix()).contains("repofleet setup").contains("=one");
  }

  private static Checkup check(Routing routing, Seen... workers) {
    List<Checkup> checks =
        new VersionChecks(name -> routing, Optional.of("fleet"), List.of(workers)).all();
    assertThat(checks).hasSize(1);
    return checks.get(0);
  }

  private static Seen worker(String build) {
    return seen("fleet", build);
  }

  private static Seen without() {
    return seen(null, null);
  }

  private static Seen seen(@Nullable String deployment, @Nullable String build) {
    return new Seen(
        "1@host " + build, 0, List.of("workflows", "agents"), Instant.EPOCH, deployment, build);
  }
}
