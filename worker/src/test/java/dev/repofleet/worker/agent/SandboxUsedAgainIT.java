package dev.repofleet.worker.agent;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.CommandResult;
import dev.repofleet.e2b.NetworkInfo;
import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.e2b.SandboxQuery;
import dev.repofleet.e2b.SandboxSpec;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.git.ScriptLease;
import dev.repofleet.worker.git.ShippedScript;
import dev.repofleet.worker.testing.Waiting;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import dev.repofleet.workflows.activities.pool.WarmUpInput;
import dev.repofleet.workflows.activities.sandbox.LeaseInput;
import dev.repofleet.workflows.activities.sandbox.LeaseOutcome;
import dev.repofleet.workflows.activities.sandbox.ReleaseInput;
import dev.repofleet.workflows.activities.sandbox.ReleaseOutcome;
import dev.repofleet.workflows.client.LeaseLabels;
import dev.repofleet.workflows.lease.LeaseEnded;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sandbox that is cleaned in place of being deleted, and what another lease finds there. */
class SandboxUsedAgainIT {
  private static final String RUN = "99999999-2222-3333-4444-555555555555";
  private static final String REPOSITORY =
      "mkdir -p ~/repo && cd ~/repo && git init -q && printf 'import yaml\\ndef f(s):\\n"
          + "    return yaml.load(s)\\n' > a.py && git add -A && git -c user.name=t"
          + " -c user.email=t@t commit -qm one";

  @TempDir Path folder = Path.of("");
  private @Nullable AgentFixture opened;

  @BeforeEach
  void open() throws Exception {
    opened = new AgentFixture(folder, AgentFixture.plan());
    opened.lease();
  }

  @AfterEach
  void close() {
    if (opened != null) {
      opened.close();
    }
  }

  private AgentFixture fleet() {
    return requireNonNull(opened);
  }

  private ReleaseOutcome keep(String lease, String sandboxId) {
    return fleet()
        .sandboxes
        .release(new ReleaseInput("repofleet", lease, sandboxId, RUN, false, true));
  }

  private NetworkInfo network() {
    return requireNonNull(fleet().client.get(fleet().sandboxId).network(), "network");
  }

  /** Whether a process that has not ended has this in its command line. */
  private boolean working(String what) {
    return processes().anyMatch(line -> line.contains(what));
  }

  /** State, user and command line of what has not ended. */
  private Stream<String> processes() {
    return fleet().asRoot("ps -eo stat=,user=,args=").lines().filter(line -> !line.startsWith("Z"));
  }

  private void nothingOfTheUserWorks() {
    assertThat(processes()).noneMatch(line -> line.matches("\\S+ +(user|1000) .*"));
  }

  private void returned(int times) {
    assertThat(fleet().pool.told).hasSize(times);
    assertThat(fleet().pool.told.get(times - 1))
        .isEqualTo(
            new LeaseEnded(
                fleet().leaseId(), RUN, LeaseEnded.How.RETURNED, fleet().sandboxId, null));
  }

  @Test
  void nothing_of_the_lease_is_left_and_the_next_one_works_there() {
    AgentFixture fleet = fleet();
    assertThat(fleet.agents.run(fleet.turn(0, PromptKind.REVIEW)).cause()).isNull();
    fleet
        .sandbox()
        .commands()
        .run(
            Command.shell(
                "mkdir -p ~/.claude/projects ~/.ssh; echo evil >>~/.bashrc; echo x >/tmp/secret;"
                    + " mkdir -p /tmp/deep && chmod 000 /tmp/deep;"
                    + " setsid -f sleep 1000 </dev/null >/dev/null 2>&1; (trap '' TERM INT HUP; sleep 1001) >/dev/null 2>&1 &"));
    assertThat(working("sleep 1000")).isTrue();
    assertThat(working("sleep 1001")).isTrue();

    assertThat(network().denyOut()).containsExactly("0.0.0.0/0");

    assertThat(keep(fleet.leaseId(), fleet.sandboxId).killed()).isZero();
    returned(1);

    nothingOfTheUserWorks();
    assertThat(fleet.asRoot("ls -A " + SandboxLayout.STATE).lines())
        .containsExactly("clean.lock", "cleaned", "fence");
    assertThat(fleet.asRoot("ls -d ~user/repo ~user/.claude ~user/.ssh /tmp/secret /tmp/deep"))
        .isEmpty();
    assertThat(fleet.home(".bashrc")).doesNotContain("evil");

    LeaseOutcome next =
        fleet.sandboxes.lease(
            new LeaseInput(
                "repofleet",
                "review/b/next:" + RUN + ":0",
                "claude",
                Duration.ofMinutes(10),
                "review/b/next",
                0,
                fleet.sandboxId,
                false));
    assertThat(next.sandboxId()).isEqualTo(fleet.sandboxId);
    assertThat(fleet.client.get(fleet.sandboxId).network()).as("open for its clone").isNull();
    assertThat(fleet.sandbox().commands().run(Command.shell(REPOSITORY)).exitCode()).isZero();
    fleet.prepare(0);
    TurnOutcome second = fleet.agents.run(fleet.turn(1, PromptKind.REVIEW));
    assertThat(second.cause()).as(second.message()).isNull();
  }

  /** Its label would not say that an agent has been there. */
  @Test
  void one_that_was_made_ahead_is_deleted() {
    String ahead =
        fleet()
            .client
            .create(
                SandboxSpec.builder()
                    .template("claude")
                    .metadata(LeaseLabels.LEASE, WarmUpInput.LABEL + "1")
                    .build())
            .sandboxId();

    assertThat(keep("review/b/other:" + RUN + ":0", ahead).killed()).isEqualTo(1);

    assertThat(fleet().client.list(SandboxQuery.all()))
        .extracting(SandboxInfo::sandboxId)
        .containsExactly(fleet().sandboxId);
    assertThat(fleet().pool.told)
        .singleElement()
        .satisfies(told -> assertThat(told.how()).isEqualTo(LeaseEnded.How.RELEASED));
  }

  @Test
  void an_agent_at_work_ends_with_its_supervisor() {
    AgentFixture fleet = fleet();
    fleet.agent("time.sleep(1000)");
    CompletableFuture<?> run =
        CompletableFuture.runAsync(() -> fleet.agents.run(fleet.turn(0, PromptKind.REVIEW)));
    Waiting.until("the agent works", Waiting.LONG, () -> working("rehearsal_agent.py"));

    keep(fleet.leaseId(), fleet.sandboxId);

    returned(1);
    assertThat(working("run.sh supervise")).isFalse();
    nothingOfTheUserWorks();
    assertThat(fleet.asRoot("ls -A " + SandboxLayout.STATE).lines())
        .containsExactly("clean.lock", "cleaned", "fence");
    fleet.client.kill(fleet.sandboxId); // so that who followed lets go at once
    assertThat(run).failsWithin(Waiting.LONG);
  }

  @Test
  void who_cleans_again_late_leaves_the_next_lease_alone() {
    AgentFixture fleet = fleet();
    keep(fleet.leaseId(), fleet.sandboxId);
    keep(fleet.leaseId(), fleet.sandboxId);
    returned(2); // nobody has taken it yet: what was not heard is told again

    fleet.sandbox().commands().run(Command.shell(REPOSITORY));
    fleet.prepare(0);
    assertThat(keep(fleet.leaseId(), fleet.sandboxId).killed()).isZero();

    returned(2);
    assertThat(fleet.home("repo/a.py")).contains("yaml");
    assertThat(fleet.asRoot("cat " + SandboxLayout.STATE + "/fence")).isEqualTo(AgentFixture.FENCE);
  }

  /** Its labels are still those of the lease that it was created for. */
  @Test
  void a_review_that_is_reset_after_its_end_takes_no_sandbox_from_the_next_one() {
    AgentFixture fleet = fleet();
    keep(fleet.leaseId(), fleet.sandboxId);
    fleet.sandbox().commands().run(Command.shell(REPOSITORY));
    fleet.prepare(0, AgentFixture.FENCE, "review/b/next:" + RUN + ":0");

    ReleaseOutcome after =
        fleet.sandboxes.release(
            new ReleaseInput("repofleet", fleet.leaseId(), fleet.sandboxId, RUN, false, false));

    assertThat(after.killed()).isZero();
    assertThat(fleet.asRoot("cat " + SandboxLayout.STATE + "/fence")).isEqualTo(AgentFixture.FENCE);
    TurnOutcome next = fleet.agents.run(fleet.turn(1, PromptKind.REVIEW));
    assertThat(next.cause()).as(next.message()).isNull();
  }

  @Test
  void who_prepares_clones_copies_or_restores_late_is_refused() {
    AgentFixture fleet = fleet();
    keep(fleet.leaseId(), fleet.sandboxId);
    fleet.sandbox().commands().run(Command.shell(REPOSITORY));
    fleet.prepare(0, AgentFixture.FENCE, "review/b/next:" + RUN + ":0");

    assertThatThrownBy(() -> fleet.prepare(0, "f".repeat(32), fleet.leaseId()))
        .hasStackTraceContaining(
            "another lease's now: the lease " + fleet.leaseId() + " is over here");
    Map<String, String> late = leaseOf(fleet.leaseId(), RUN);
    refused(ShippedScript.CLONE, SandboxLayout.AGENT_USER, late);
    refused(ShippedScript.RESTORE, SandboxLayout.AGENT_USER, late, "commit");
    refused(ShippedScript.TREE, SandboxLayout.ROOT, late, "base");
    refused(ShippedScript.PREPARE, SandboxLayout.ROOT, late, "place");

    assertThat(fleet.home("repo/a.py")).contains("yaml");
    assertThat(fleet.asRoot("cat " + SandboxLayout.STATE + "/fence")).isEqualTo(AgentFixture.FENCE);
    TurnOutcome next = fleet.agents.run(fleet.turn(1, PromptKind.REVIEW));
    assertThat(next.cause()).as(next.message()).isNull();
  }

  @Test
  void after_a_reset_the_lease_is_the_last_runs_alone() {
    AgentFixture fleet = fleet();
    keep(fleet.leaseId() + " before second", fleet.sandboxId);
    keep(fleet.leaseId() + " before third", fleet.sandboxId);

    refused(ShippedScript.PREPARE, SandboxLayout.ROOT, leaseOf(fleet.leaseId(), "first"), "open");
    refused(ShippedScript.PREPARE, SandboxLayout.ROOT, leaseOf(fleet.leaseId(), "second"), "open");
    assertThat(
            script(
                    ShippedScript.PREPARE,
                    SandboxLayout.ROOT,
                    leaseOf(fleet.leaseId(), "third"),
                    "open")
                .exitCode())
        .isZero();
  }

  private static Map<String, String> leaseOf(String lease, String run) {
    Map<String, String> variables = new HashMap<>(new ScriptLease(lease, run).variables());
    variables.put("RF_REPO", SandboxLayout.REPOSITORY);
    variables.put("RF_FOLDER", SandboxLayout.STATE);
    variables.put("RF_STATE", SandboxLayout.STATE);
    variables.put("RF_LIMIT", "1048576");
    return variables;
  }

  private CommandResult script(
      ShippedScript script, String user, Map<String, String> variables, String... arguments) {
    return fleet()
        .sandbox()
        .withUser(user)
        .commands()
        .run(
            script
                .command(Waiting.LONG, List.of(arguments))
                .env(variables)
                .timeout(Waiting.LONG.plusSeconds(10))
                .build());
  }

  private void refused(
      ShippedScript script, String user, Map<String, String> variables, String... arguments) {
    CommandResult ended = script(script, user, variables, arguments);
    assertThat(ended.stderr()).contains("is over here");
    assertThat(ended.exitCode()).isEqualTo(71);
  }

  @Test
  void one_whose_agent_is_installed_at_home_or_that_is_gone_is_deleted_and_released() {
    AgentFixture fleet = fleet();
    fleet
        .sandbox()
        .commands()
        .run(
            Command.shell(
                "mkdir -p ~/.local/bin && printf '#!/bin/sh\\n' >~/.local/bin/claude"
                    + " && chmod +x ~/.local/bin/claude"));

    assertThat(keep(fleet.leaseId(), fleet.sandboxId).killed()).isEqualTo(1);
    assertThat(keep(fleet.leaseId(), fleet.sandboxId).killed()).isZero();

    assertThat(fleet.client.list(SandboxQuery.all())).isEmpty();
    assertThat(fleet.pool.told).hasSize(2).allMatch(one -> one.how() == LeaseEnded.How.RELEASED);
  }
}
