package dev.repofleet.worker.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.CommandResult;
import dev.repofleet.e2b.OutputListener;
import dev.repofleet.e2b.RunningCommand;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxSpec;
import dev.repofleet.e2b.local.host.Isolation;
import dev.repofleet.forge.fake.FakeGitHub;
import dev.repofleet.forge.fake.FakeRepository;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.review.ReviewDocument;
import dev.repofleet.worker.testing.Inputs;
import dev.repofleet.worker.testing.Waiting;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.git.CloneInput;
import dev.repofleet.workflows.activities.git.CloneOutcome;
import dev.repofleet.workflows.activities.git.DiffOutcome;
import dev.repofleet.workflows.activities.git.ResolveOutcome;
import dev.repofleet.workflows.activities.review.ReviewOutcome;
import dev.repofleet.workflows.activities.review.ReviewRequest;
import dev.repofleet.workflows.client.LeaseLabels;
import dev.repofleet.workflows.order.Target;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The steps as activities, against real sandboxes of this machine and a real Git host. */
@Execution(ExecutionMode.CONCURRENT)
class GitActivitiesIT extends GitStepsInSandbox {
  /** So long that a stuck clone never ends by itself while a test waits for its end. */
  private static final Duration STUCK = Waiting.LONG.multipliedBy(3);

  @Test
  void aClosedRepositoryIsClonedChangedAndComparedAndTheAgentCantReachTheBase() throws Exception {
    CloneOutcome inventory = cloned(url(host.url("closed/one/.git")));
    assertThat(inventory.files()).isEqualTo(2);
    assertThat(inventory.languages()).containsExactly("Python");
    if (isolation.kind() == Isolation.Kind.BUBBLEWRAP_TWO_USERS) {
      assertThat(agent("cat /var/lib/repofleet/base.git/HEAD 2>&1 || true")).doesNotContain("ref:");
    }
    assertThat(agent("env; grep -r " + GitHttpServer.TOKEN + " /home/user || true"))
        .doesNotContain(GitHttpServer.TOKEN);
    assertThat(diff().patchUri()).isNull();
    agent("echo d >>a.py; mkdir new; echo n >new/n.txt; git config diff.external /bin/false");
    DiffOutcome outcome = diff();
    assertThat(outcome.filesChanged()).isEqualTo(2);
    Path patch = folder.resolve("patch");
    Files.write(patch, store.read(String.valueOf(outcome.patchUri()), 1 << 20));
    TestGit.git(source, "apply", "--index", patch.toString());
    assertThat(TestGit.git(source, "write-tree")).isEqualTo(outcome.treeHash());
    assertThat(
            sandbox.withUser("root").files().list(SandboxLayout.STATE, 1).stream()
                .map(entry -> entry.name())
                .toList())
        .containsExactly("base.git", "clean.lock");
  }

  @Test
  void aBundleIsClonedWithoutAnyHost() throws Exception {
    Path bare = folder.resolve("git/bare");
    TestGit.git(
        folder, "clone", "-q", "--bare", "--depth", "1", "file://" + source, bare.toString());
    TestGit.git(bare, "bundle", "create", "-q", folder.resolve("bundle").toString(), "HEAD");
    ArtifactRef bundle = store.put(folder.resolve("bundle"));
    String commit = TestGit.git(source, "rev-parse", "HEAD");
    Target target = Inputs.bundle("./one#sub", "sub", commit, bundle.uri());
    assertThat(resolve(target)).isEqualTo(new ResolveOutcome(commit, null));
    assertThat(cloned(target).files()).isEqualTo(1);
    assertThat(agent("ls -A ..")).doesNotContain("bundle");
  }

  @Test
  void aPrivateRepositoryIsClonedByATokenThatAnAppGotForItAlone() {
    try (FakeGitHub api =
        new FakeGitHub()
            .organisation("closed")
            .repository(FakeRepository.of(1, "closed", "one").asPrivate())
            .install(10, "closed", Set.of(), "contents=write")) {
      host.openTo(token -> api.permissionsOf(token).equals(Map.of("contents", "read")));
      environment.close();
      register(
          Map.of(
              GitHosts.HOSTS,
              host.address(),
              "GITHUB_API_URL",
              api.apiUrl(),
              "GITHUB_SERVER_URL",
              "http://" + host.address(),
              "GITHUB_APP_ID",
              FakeGitHub.APP_ID,
              "GITHUB_APP_PRIVATE_KEY",
              api.appKeyAsHandedOut()));
      assertThat(cloned(url(host.url("closed/one"))).files()).isEqualTo(2);
      assertThat(agent("env; grep -r ghs_ /home/user || true")).doesNotContain("ghs_");
      assertThat(api.requests().stream().filter(line -> line.endsWith("/access_tokens")))
          .as("one token for the list of refs and the clone")
          .hasSize(1);
    }
  }

  @Test
  void aTargetThatIsUnusableFailsWithItsOwnCauseAtOnce() {
    Target target =
        new Target(
            "./new",
            null,
            null,
            null,
            null,
            null,
            Cause.REPOSITORY_EMPTY,
            "'./new' has no commit",
            null,
            null);
    ActivityFailure failure = catchThrowableOfType(ActivityFailure.class, () -> resolve(target));
    ApplicationFailure cause = (ApplicationFailure) Objects.requireNonNull(failure.getCause());
    assertThat(cause.getType()).isEqualTo("repository_empty");
    assertThat(cause.getOriginalMessage()).isEqualTo("'./new' has no commit");
    assertThat(cause.isNonRetryable()).isTrue();
  }

  @Test
  void aPatchWithAKnownSecretIsWithheldAndNotStored() {
    cloned(url(host.url("open/one/.git")));
    agent("echo " + SECRET + " >leak.txt");
    DiffOutcome outcome = diff();
    assertThat(outcome.patchUri()).isNull();
    assertThat(outcome.withheld()).isEqualTo("the patch contains a key of the model's provider");
    assertThat(outcome.filesChanged()).isEqualTo(1);
  }

  @Test
  void thirtyThousandFindingsInThreeThousandFilesAreAllNamed() throws Exception {
    int files = 3_000;
    int lines = 10;
    StringBuilder findings = new StringBuilder();
    for (int file = 0; file < files; file++) {
      String path = "many/" + file % 50 + "/f" + file + ".py";
      StringBuilder text = new StringBuilder("class C" + file + ":\n");
      for (int line = 2; line <= lines + 1; line++) {
        text.append("    def f").append(line).append("(self): return eval(self.a").append(line);
        text.append(")\n");
        findings.append(findings.isEmpty() ? "" : ",").append(finding(path, line, line));
      }
      TestGit.write(source.resolve(path), text.toString());
    }
    TestGit.git(source, "add", "-A");
    TestGit.git(source, "commit", "-q", "-m", "many");
    cloned(url(host.url("open/one/.git")));

    ReviewOutcome outcome = reviewed(findings.toString());

    assertThat(outcome.findings().total()).isEqualTo(files * lines);
    assertThat(outcome.refused()).isZero();
    ReviewDocument document =
        ArtifactJson.read(
            store, String.valueOf(outcome.reviewUri()), ReviewDocument.class, 1 << 28);
    assertThat(document.findings()).extracting(Finding::fingerprint).doesNotHaveDuplicates();
    assertThat(document.findings()).extracting(Finding::lineHash).doesNotContainNull();
  }

  private static String finding(String path, int first, int last) {
    return ("{\"ruleId\":\"r\",\"title\":\"t\",\"severity\":\"low\",\"confidence\":\"low\",\"path\":"
            + "\"%s\",\"startLine\":%d,\"endLine\":%d,\"summary\":\"\",\"evidence\":\"\","
            + "\"remediation\":\"\",\"cwe\":[]}")
        .formatted(path, first, last);
  }

  private ReviewOutcome reviewed(String findings) {
    String answer =
        "{\"summary\":\"s\",\"coverage\":{\"filesReviewed\":2,\"exclusions\":[]},\"findings\":["
            + findings
            + "]}";
    String uri = store.put(answer.getBytes(StandardCharsets.UTF_8)).uri();
    return reviews.review(
        new ReviewRequest(
            "b",
            "k",
            sandbox.sandboxId(),
            TestGit.git(source, "rev-parse", "HEAD"),
            null,
            plan,
            uri));
  }

  @Test
  void findingsAreCheckedAgainstTheCommitAndNotAgainstTheWorkingTree() {
    cloned(url(host.url("open/one/.git")));
    agent("rm -rf .git a.py; seq 100 >sub/b.py");
    ReviewOutcome outcome =
        reviewed(
            String.join(
                ",", finding("a.py", 3, 3), finding("sub/b.py", 1, 100), finding("gone.py", 1, 1)));
    assertThat(outcome.findings().total()).isEqualTo(1);
    assertThat(outcome.refused()).isEqualTo(2);
  }

  private Map<String, String> stuckClone() {
    return Map.of(
        "RF_REPO",
        SandboxLayout.REPOSITORY,
        "RF_COMMIT",
        "ab".repeat(20),
        "RF_URL",
        host.url("stuck/one/.git"),
        "RF_PROTOCOLS",
        "http:https",
        "RF_DEPTH",
        "1",
        "RF_LIMIT",
        "1000000");
  }

  @Test
  void aCancelledCloneLeavesNothingRunning() {
    cancelled(stuckClone());
  }

  /** As coreutils' {@code timeout} does if the signal comes in the instant of its fork. */
  @Test
  void aCancelledCloneWhoseLeaderEndsAloneLeavesNothingRunning() {
    Sandbox user = sandbox.withUser(SandboxLayout.AGENT_USER);
    user.files()
        .write(
            "/home/user/bin/timeout",
            """
            #!/bin/bash
            shift 3
            exec setsid /bin/bash -c 'trap "exit 143" TERM; "$@" & wait' timeout "$@"
            """
                .getBytes(StandardCharsets.UTF_8));
    assertThat(user.commands().run(Command.of("chmod", "+x", "/home/user/bin/timeout")).succeeded())
        .isTrue();
    Map<String, String> environment = new HashMap<>(stuckClone());
    environment.put("PATH", "/home/user/bin:/usr/bin:/bin");
    cancelled(environment);
  }

  /** Cancels a clone at its second sign of life and looks for what is left of it. */
  private void cancelled(Map<String, String> clone) {
    Sandbox user = sandbox.withUser(SandboxLayout.AGENT_USER);
    AtomicInteger beats = new AtomicInteger();
    IllegalStateException cancelled =
        catchThrowableOfType(
            IllegalStateException.class,
            () ->
                SandboxScript.run(
                    user,
                    ShippedScript.CLONE,
                    STUCK,
                    clone,
                    List.of(),
                    () -> {
                      if (beats.incrementAndGet() > 2) {
                        throw new IllegalStateException("cancelled");
                      }
                    }));
    assertThat(cancelled).hasNoSuppressedExceptions();
    // Every process of the clone holds this lock.
    CommandResult free =
        user.commands()
            .run(
                Command.of(
                    "flock",
                    "-w",
                    "" + Waiting.LONG.toSeconds(),
                    "/home/user/.repofleet-clone",
                    "echo",
                    "free"));
    assertThat(free.stdout()).isEqualTo("free\n");
  }

  @Test
  void aCloneLeftByADeadWorkerIsEndedByTheNext() {
    try (RunningCommand left =
        sandbox
            .withUser(SandboxLayout.AGENT_USER)
            .commands()
            .start(
                ShippedScript.CLONE.command(STUCK, List.of()).env(stuckClone()).build(),
                OutputListener.discarding())) {
      Waiting.until(
          "the one that is left has the folder",
          Waiting.LONG,
          () -> sandbox.commands().run(Command.shell("test -s ~/.repofleet-clone")).succeeded());
      assertThat(left.awaitExit(Duration.ZERO)).isEmpty();
      assertThat(cloned(url(host.url("open/one/.git"))).files()).isEqualTo(2);
      assertThat(left.awaitExit(Waiting.LONG)).isPresent();
    }
  }

  /** Its agent may have put another Git there, which reads what comes with the next clone. */
  @Test
  void noTokenGoesWhereAnAgentOfAnotherLeaseHasWorked() {
    String first = "review/b/first:11111111-2222-3333-4444-555555555555:0";
    String second = "review/b/second:11111111-2222-3333-4444-666666666666:0";
    sandbox =
        client.create(
            SandboxSpec.builder()
                .template("base")
                .timeout(Duration.ofMinutes(5))
                .metadata(LeaseLabels.LEASE, first)
                .build());
    Target open = url(host.url("open/one/.git"));
    Target closed = url(host.url("closed/one/.git"));

    assertThat(cloned(open, second).withLogin()).isFalse();
    assertThatThrownBy(() -> cloned(closed, second))
        .cause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getType()).isEqualTo("sandbox_lost");
              assertThat(failure.isNonRetryable()).isTrue();
            });
    assertThat(cloned(closed, first).withLogin()).isTrue();
  }

  private CloneOutcome cloned(Target target, String lease) {
    return git.cloneRepository(
        new CloneInput("b", "k", sandbox.sandboxId(), target, resolve(target), plan, lease));
  }

  /** Not the host's trouble, and not gone by the next attempt. */
  @Test
  void aSandboxWithoutRoomForTheCloneIsSaidToBeFull() {
    sandbox
        .withUser(SandboxLayout.AGENT_USER)
        .commands()
        .run(
            Command.builder("ln", "-s", "/dev/full", SandboxLayout.HOME + "/.repofleet-clone")
                .build());
    assertThatThrownBy(() -> cloned(url(host.url("closed/one/.git"))))
        .cause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getType()).isEqualTo("internal");
              assertThat(failure.isNonRetryable()).isTrue();
              assertThat(failure.getOriginalMessage())
                  .contains("no space is left for the clone in sandbox " + sandbox.sandboxId());
            });
  }

  @Test
  void aSandboxThatIsGoneIsSaidToBeLost() {
    Target target = url(host.url("open/one/.git"));
    ResolveOutcome resolved = resolve(target);
    sandbox.kill();
    ActivityFailure failure =
        catchThrowableOfType(
            ActivityFailure.class,
            () ->
                git.cloneRepository(
                    new CloneInput("b", "k", sandbox.sandboxId(), target, resolved, plan, null)));
    assertThat(failure)
        .hasCauseInstanceOf(ApplicationFailure.class)
        .cause()
        .hasMessageContaining("sandbox_lost");
  }
}
