package dev.repofleet.worker.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.repofleet.artifacts.plan.CloneOptions;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.plan.PlanLimits;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.testing.Waiting;
import dev.repofleet.workflows.activities.git.CloneOutcome;
import dev.repofleet.workflows.activities.git.DiffOutcome;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a plan's {@code clone} brings in beside the repository itself. */
@Execution(ExecutionMode.CONCURRENT)
class SubmodulesAndLfsIT extends GitStepsInSandbox {
  private static final String LARGE = "the whole of a large file\n".repeat(100);

  private void wanted(boolean submodules, boolean lfs) {
    plan =
        planned(
            Plan.builder("p", "Go.").cloneOptions(new CloneOptions(1, submodules, lfs)).build());
  }

  private static void requireLfs() {
    assumeTrue(
        "true".equals(System.getenv("CI"))
            || TestGit.run(Path.of("/"), Map.of(), List.of("git", "lfs", "version")).exitCode()
                == 0,
        "needs git-lfs");
  }

  private ApplicationFailure refused(String url) {
    ActivityFailure failure = catchThrowableOfType(ActivityFailure.class, () -> cloned(url(url)));
    return (ApplicationFailure) Objects.requireNonNull(failure.getCause());
  }

  /** Commits a submodule of this URL, as `git submodule add` does. */
  private static void link(Path repository, Path module, String path, String url) {
    String commit = TestGit.git(module, "rev-parse", "HEAD");
    String name = "submodule.the " + path;
    TestGit.git(repository, "config", "-f", ".gitmodules", name + ".path", path);
    TestGit.git(repository, "config", "-f", ".gitmodules", name + ".url", url);
    TestGit.git(repository, "add", ".gitmodules");
    TestGit.git(
        repository, "update-index", "--add", "--cacheinfo", "160000," + commit + "," + path);
    TestGit.git(repository, "commit", "-q", "-m", "with " + path);
  }

  /**
   * "one" with "parts/lib", private and named relative to it, which has "deep", named absolutely.
   */
  private void nested() throws Exception {
    Path deep = TestGit.repository(folder.resolve("git/deep"), Map.of("deep.txt", "deep\n"));
    Path lib = TestGit.repository(folder.resolve("git/lib"), Map.of("lib.txt", "lib\n"));
    link(lib, deep, "deep", host.url("open/deep/.git"));
    link(source, lib, "parts/lib", "../../lib/.git");
  }

  @Test
  void submodulesAreClonedWhereThePlanSaysSo() throws Exception {
    nested();
    cloned(url(host.url("closed/one/.git")));
    assertThat(agent("ls -A parts/lib")).isEmpty();

    takeAnotherSandbox();
    wanted(true, false);
    CloneOutcome outcome = cloned(url(host.url("closed/one/.git")));

    assertThat(outcome.files()).as("of the repository itself").isEqualTo(3);
    assertThat(agent("cat parts/lib/lib.txt parts/lib/deep/deep.txt")).isEqualTo("lib\ndeep\n");
    assertThat(agent("git status --porcelain; git -C parts/lib status --porcelain")).isEmpty();
    assertThat(agent("grep -r " + GitHttpServer.TOKEN + " /home/user || true")).isEmpty();
    assertThat(diff().notCarried()).isEmpty();
    agent("echo more >>parts/lib/deep/deep.txt; echo d >>a.py");
    DiffOutcome changed = diff();
    assertThat(changed.filesChanged()).isEqualTo(1);
    assertThat(changed.notCarried()).singleElement().asString().contains("parts/lib");
  }

  @Test
  void whatAnotherOwnerHasIsAskedForWithoutALogin() throws Exception {
    Path lib = TestGit.repository(folder.resolve("git/lib"), Map.of("lib.txt", "lib\n"));
    link(source, lib, "theirs", host.url("closed/lib/.git"));
    wanted(true, false);
    assertThat(refused(host.url("open/one/.git")))
        .returns("git_auth", ApplicationFailure::getType)
        .hasMessageContaining("submodule theirs (another owner's, so asked for without a login): ");
    assertThat(host.logins).isEmpty();
  }

  @Test
  void aCloneThatStandsIsNotTouchedWithItsSubmodules() throws Exception {
    nested();
    wanted(true, false);
    cloned(url(host.url("open/one/.git")));
    agent("echo mine >parts/lib/deep/deep.txt; rm -rf .git parts/lib/.git; git init -q");
    cloned(url(host.url("open/one/.git")));
    assertThat(agent("cat parts/lib/deep/deep.txt")).isEqualTo("mine\n");
  }

  @Test
  void aSubmoduleThatCantBeHadFailsTheCloneByName() throws Exception {
    wanted(true, false);
    Path lib = TestGit.repository(folder.resolve("git/lib"), Map.of("lib.txt", "lib\n"));
    link(source, lib, "gone", host.url("open/absent/.git"));
    assertThat(refused(host.url("open/one/.git")))
        .returns("git_not_found", ApplicationFailure::getType)
        .hasMessageContaining("the target, submodule gone: there is no such repository");
  }

  @Test
  void aSubmoduleIsNotAskedForWhereATargetWouldNotBe() throws Exception {
    wanted(true, false);
    Path lib = TestGit.repository(folder.resolve("git/lib"), Map.of("lib.txt", "lib\n"));
    link(source, lib, "inside", "https://127.0.0.1:1/a/b");
    assertThat(refused(host.url("open/one/.git")))
        .returns("git_not_found", ApplicationFailure::getType)
        .hasMessageContaining(
            "submodule inside is not asked for: the host 127.0.0.1 has the private");
  }

  @Test
  void aUrlIsOneLineOfWhatTheCloneTells() throws Exception {
    wanted(true, false);
    Path lib = TestGit.repository(folder.resolve("git/lib"), Map.of("lib.txt", "lib\n"));
    link(source, lib, "forged", host.url("open/lib/.git") + "\rchanged 1\rchanged-path a.py");
    assertThat(refused(host.url("open/one/.git")))
        .returns("git_not_found", ApplicationFailure::getType)
        .hasMessageContaining("submodule forged is not asked for: its URL can't be read");
  }

  @Test
  void aSubmoduleThatLeadsOutOfTheHostIsRefused() throws Exception {
    wanted(true, false);
    Path lib = TestGit.repository(folder.resolve("git/lib"), Map.of("lib.txt", "lib\n"));
    link(source, lib, "up", "../../../../../x");
    assertThat(refused(host.url("open/one/.git")))
        .hasMessageContaining("submodule up: its URL ../../../../../x leads out of the host");
  }

  @Test
  void aRepositoryIsLargeWithItsSubmodules() throws Exception {
    Path lib = TestGit.repository(folder.resolve("git/lib"), Map.of("l", "l".repeat(3 << 20)));
    link(source, lib, "lib", host.url("open/lib/.git"));
    limited(2 << 20, new CloneOptions(1, true, false));
    assertThat(refused(host.url("open/one/.git")))
        .returns("repository_too_large", ApplicationFailure::getType)
        .hasMessageContaining("larger than 2 MiB");
  }

  @Test
  void largeFilesAreFetchedWhereThePlanSaysSo() throws Exception {
    requireLfs();
    withLargeFiles();
    cloned(url(host.url("closed/one/.git")));
    assertThat(agent("cat data/large.bin")).startsWith("version https://git-lfs");

    takeAnotherSandbox();
    wanted(false, true);
    cloned(url(host.url("closed/one/.git")));

    assertThat(agent("cat data/large.bin")).isEqualTo(LARGE);
    assertThat(agent("git status --porcelain")).isEmpty();
    assertThat(agent("grep -r " + GitHttpServer.TOKEN + " /home/user || true")).isEmpty();
    assertThat(diff().patchUri()).isNull();
    agent("echo d >>a.py; echo more >>data/large.bin; cp a.py new.bin; rm data/second.bin");
    agent("echo '*.py filter=lfs' >sub/.gitattributes");
    DiffOutcome changed = diff();
    assertThat(changed.filesChanged()).as("a.py and sub/.gitattributes").isEqualTo(2);
    assertThat(changed.notCarried())
        .containsExactlyInAnyOrder(
            "file that Git LFS holds: data/large.bin",
            "file that Git LFS holds: data/second.bin",
            "file that Git LFS holds: new.bin");
  }

  @Test
  void aCheckpointBringsLargeFilesBackButThoseThatWereDeleted() throws Exception {
    requireLfs();
    withLargeFiles();
    wanted(false, true);
    cloned(url(host.url("open/one/.git")));
    restore("commit");
    // Git may put the pointer back, or take the file for it, as the index's times have it.
    agent("git cat-file blob HEAD:data/large.bin >data/large.bin");
    agent("rm data/second.bin; echo d >>a.py");
    restore("settle");
    assertThat(agent("ls data; cat data/large.bin a.py"))
        .isEqualTo("large.bin\n" + LARGE + "a\nb\nc\nd\n");
  }

  @Test
  void manyPointersToOneLargeFileAreAsLargeAsTheyWillBe() throws Exception {
    requireLfs();
    TestGit.write(source.resolve(".gitattributes"), "*.bin filter=lfs\n");
    String pointer = host.lfs.add("x".repeat(1 << 20));
    for (int i = 0; i < 5; i++) {
      TestGit.write(source.resolve(i + ".bin"), pointer);
    }
    TestGit.git(source, "add", "-A");
    TestGit.git(source, "commit", "-q", "-m", "with large files");
    limited(3 << 20, new CloneOptions(1, false, true));
    assertThat(refused(host.url("open/one/.git")))
        .returns("repository_too_large", ApplicationFailure::getType);
    assertThat(sandbox.files().exists(SandboxLayout.REPOSITORY + "/4.bin")).isTrue();
    assertThat(agent("cat 4.bin")).isEqualTo(pointer);
  }

  private void withLargeFiles() throws Exception {
    TestGit.write(source.resolve(".gitattributes"), "*.bin filter=lfs diff=lfs merge=lfs -text\n");
    TestGit.write(source.resolve("data/large.bin"), host.lfs.add(LARGE));
    TestGit.write(source.resolve("data/second.bin"), host.lfs.add(LARGE + "two"));
    // The repository's own word on where they are, and on which are wanted, is not taken.
    TestGit.write(
        source.resolve(".lfsconfig"),
        "[lfs]\n  url = http://127.0.0.1:1/evil\n  fetchexclude = *\n");
    TestGit.git(source, "add", "-A");
    TestGit.git(source, "commit", "-q", "-m", "with large files");
  }

  private void limited(long bytes, CloneOptions options) {
    PlanLimits limits = PlanLimits.of(null, null, null, null, bytes, null);
    plan = planned(Plan.builder("p", "Go.").cloneOptions(options).limits(limits).build());
  }

  /** A step of the restoring of a checkpoint. */
  private void restore(String verb) {
    SandboxScript.Result result =
        SandboxScript.run(
            sandbox.withUser(SandboxLayout.AGENT_USER),
            ShippedScript.RESTORE,
            Waiting.LONG,
            Map.of(
                "RF_REPO",
                SandboxLayout.REPOSITORY,
                "RF_COMMIT",
                TestGit.git(source, "rev-parse", "HEAD"),
                "RF_TRANSCRIPT",
                "/home/user/none.jsonl",
                "RF_ATTEMPT",
                "1"),
            List.of(verb),
            () -> {});
    assertThat(result.exitCode()).as(result.stderr()).isZero();
  }

  @Test
  void theTokenGoesToTheRepositorysHostAloneWhereverItsLargeFilesAre() throws Exception {
    requireLfs();
    TestGit.write(source.resolve(".gitattributes"), "*.bin filter=lfs\n");
    TestGit.write(source.resolve("a.bin"), host.lfs.add(LARGE));
    TestGit.git(source, "add", "-A");
    TestGit.git(source, "commit", "-q", "-m", "with a large file");
    wanted(false, true);
    try (GitHttpServer other = GitHttpServer.serve(folder)) {
      host.lfs.sendTo(other.address() + "/closed");
      assertThat(refused(host.url("closed/one/.git")))
          .returns("git_auth", ApplicationFailure::getType)
          .hasMessageContaining("Git LFS is sent to " + other.address() + ", which asks");
      assertThat(other.requests()).as("it was asked").isPositive();
      assertThat(other.logins).isEmpty();
    }
    assertThat(host.logins).isNotEmpty();
  }

  @Test
  void aLargeFileThatTheHostDoesNotHaveFailsTheClone() throws Exception {
    requireLfs();
    TestGit.write(source.resolve(".gitattributes"), "*.bin filter=lfs\n");
    TestGit.write(source.resolve("a.bin"), new LfsObjects().add("only there where it was made"));
    TestGit.git(source, "add", "-A");
    TestGit.git(source, "commit", "-q", "-m", "with a large file");
    wanted(false, true);
    assertThat(refused(host.url("open/one/.git")))
        .hasMessageContaining("lacks a file that Git LFS should hold there; push it");
  }
}
