package dev.repofleet.worker.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.repofleet.e2b.local.host.Isolation;
import dev.repofleet.worker.testing.Waiting;
import dev.repofleet.workflows.activities.git.CloneOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The clone itself; {@link ReviewIgnoreIT} and {@link ChangedSinceIT} have what it counts. */
@Execution(ExecutionMode.CONCURRENT)
class CloneScriptIT {
  @TempDir private Path folder;
  private ClonedSource clones;
  private Path source;

  @BeforeEach
  void serve() throws Exception {
    clones = new ClonedSource(folder);
    source = clones.source();
  }

  @AfterEach
  void stop() {
    clones.close();
  }

  @Test
  void thePinnedCommitIsCheckedOutAndCounted() {
    // Whatever the template sets must not reach Git.
    Map<String, String> variables = clones.variables("open/one/.git");
    variables.put("GIT_DIR", "/nowhere");
    TestGit.Ended ended = clones.clone(variables);
    assertThat(ended.exitCode()).as(ended.toString()).isZero();
    CloneOutcome outcome = clones.inventory(ended);
    assertThat(outcome.files()).isEqualTo(5);
    assertThat(outcome.bytes()).isEqualTo(42);
    assertThat(outcome.treeHash()).isEqualTo(TestGit.git(source, "rev-parse", "HEAD^{tree}"));
    assertThat(outcome.languages()).containsExactly("Java", "Python");
    assertThat(outcome.languagePercents()).hasSize(2);
    assertThat(outcome.agentSettings()).containsExactly("CLAUDE.md", "lib/.claude/settings.json");
    Path repository = clones.repository();
    assertThat(TestGit.git(repository, "rev-parse", "HEAD")).isEqualTo(clones.commit());
    assertThat(TestGit.git(repository, "status", "--porcelain")).isEmpty();
    assertThat(repository.resolve(".git/config")).content().doesNotContain(clones.host());
  }

  @Test
  void aSecondAttemptStartsFromAnEmptyFolder() throws Exception {
    TestGit.write(clones.repository().resolve("left.txt"), "of an earlier attempt");
    assertThat(clones.clone(clones.variables("open/one/.git")).exitCode()).isZero();
    assertThat(clones.repository().resolve("left.txt")).doesNotExist();
  }

  @Test
  void whereLargeFilesAreWantedGitLfsMustBeThere() throws Exception {
    Map<String, String> variables = clones.variables("open/one/.git");
    variables.put("PATH", programsWithoutGitLfs().toString());
    variables.put("RF_LFS", "yes");
    assertThat(clones.clone(variables).exitCode()).as("nothing large there").isZero();
    TestGit.write(source.resolve(".gitattributes"), "*.bin filter=lfs\n");
    TestGit.git(source, "add", "-A");
    TestGit.git(source, "commit", "-q", "-m", "large");
    variables.put("RF_COMMIT", TestGit.git(source, "rev-parse", "HEAD"));
    assertThat(clones.clone(variables).exitCode()).isEqualTo(26);
  }

  /** Real files: links out of the test's folder would each be told of when it is deleted. */
  private Path programsWithoutGitLfs() throws IOException {
    Path programs = Files.createDirectories(folder.resolve("bin"));
    try (Stream<Path> all = Files.list(Path.of("/usr/bin"))) {
      for (Path program : (Iterable<Path>) all::iterator) {
        if (!program.endsWith("git-lfs")) {
          Path shim = programs.resolve(program.getFileName());
          Files.writeString(shim, "#!/bin/sh\nexec '" + program + "' \"$@\"\n");
          Files.setPosixFilePermissions(shim, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
      }
    }
    return programs;
  }

  @Test
  void aSubpathIsCountedAloneAndMustExist() {
    Map<String, String> variables = clones.variables("open/one/.git");
    variables.put("RF_SUBPATH", "src");
    assertThat(clones.inventory(clones.clone(variables)).files()).isEqualTo(2);
    variables.put("RF_SUBPATH", "src/A.java");
    assertThat(clones.clone(variables).exitCode()).isEqualTo(21);
    variables.put("RF_SUBPATH", "none");
    assertThat(clones.clone(variables).exitCode()).isEqualTo(21);
  }

  @Test
  void aCommitBehindTheBranchIsFound() {
    TestGit.git(source, "commit", "-q", "--allow-empty", "-m", "two");
    assertThat(clones.clone(clones.variables("open/one/.git")).exitCode()).isZero();
  }

  @Test
  void aCommitThatTheHostDoesNotHaveIsSaid() {
    Map<String, String> variables = clones.variables("open/one/.git");
    variables.put("RF_COMMIT", "ab".repeat(20));
    assertThat(clones.clone(variables).exitCode()).isEqualTo(22);
  }

  @Test
  void aCommitWithoutFilesIsSaid() throws Exception {
    Path empty = TestGit.repository(folder.resolve("empty"), Map.of());
    Map<String, String> variables = clones.variables("open/empty/.git");
    variables.put("RF_COMMIT", TestGit.git(empty, "rev-parse", "HEAD"));
    assertThat(clones.clone(variables).exitCode()).isEqualTo(23);
  }

  @Test
  void tooLargeARepositoryIsNotCheckedOut() throws Exception {
    Path large = TestGit.repository(folder.resolve("large"), Map.of("zeros", "0".repeat(3 << 20)));
    Map<String, String> variables = clones.variables("open/large/.git");
    variables.put("RF_COMMIT", TestGit.git(large, "rev-parse", "HEAD"));
    variables.put("RF_LIMIT", "1000000");
    assertThat(clones.clone(variables).exitCode()).isEqualTo(20);
    assertThat(clones.repository().resolve("zeros")).doesNotExist();
  }

  /** On one so full Git finds no room for its own words either, where they are on the same. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFullDiskOfTheSandboxIsNotTakenForTheHosts(boolean temporaryFilesToo) throws Exception {
    if (!"true".equals(System.getenv("CI"))) {
      assumeTrue(Isolation.detect().isolated(), "needs bwrap");
    }
    byte[] noise = new byte[3 << 20];
    new Random(7).nextBytes(noise);
    Files.write(source.resolve("noise"), noise);
    TestGit.git(source, "add", "-A");
    TestGit.git(source, "commit", "-q", "-m", "two");
    clones.takeCommit();
    Map<String, String> variables = clones.variables("open/one/.git");
    String home = clones.repository().getParent().toString();
    if (temporaryFilesToo) {
      variables.put("TMPDIR", home);
    }
    List<String> argv =
        new ArrayList<>(
            List.of("bwrap", "--dev-bind", "/", "/", "--size", "1500000", "--tmpfs", home));
    argv.addAll(ShippedScript.CLONE.command(Waiting.LONG, List.of()).build().argv());
    TestGit.Ended ended = TestGit.run(Path.of("/"), variables, argv);
    assertThat(ended.exitCode()).as(ended.toString()).isEqualTo(27);
  }

  @Test
  void theTokenOpensAClosedRepositoryAndStaysNowhere() throws Exception {
    Map<String, String> variables = clones.variables("closed/one/.git");
    TestGit.Ended refused = clones.clone(variables);
    assertThat(refused.exitCode()).isEqualTo(24);
    assertThat(GitFailures.asksForLogin(refused.stderr())).isTrue();
    variables.put("RF_GIT_USER", "x-access-token");
    variables.put("RF_GIT_TOKEN", GitHttpServer.TOKEN);
    TestGit.Ended ended = clones.clone(variables);
    assertThat(ended.exitCode()).as(ended.toString()).isZero();
    assertThat(
            TestGit.run(
                    folder, Map.of(), List.of("grep", "-rl", GitHttpServer.TOKEN, folder + "/home"))
                .stdout())
        .isEmpty();
    assertThat(ended.toString()).doesNotContain(GitHttpServer.TOKEN);
    assertThat(clones.clone(clones.variables("closed/one/.git")).stdout().lines())
        .as("who asks without one is told that it took a login")
        .contains("login used");
  }

  @Test
  void theHostsDelayIsTold() {
    TestGit.Ended ended = clones.clone(clones.variables("limited/one/.git"));
    assertThat(ended.exitCode()).isEqualTo(24);
    assertThat(ended.stdout()).contains("retry-after 7");
    assertThat(ended.stderr()).contains("429");
  }

  @Test
  void noRedirectIsFollowed() {
    assertThat(clones.clone(clones.variables("moved/one/.git")).exitCode()).isEqualTo(24);
  }

  @Test
  void aBundleIsUnpackedAtItsCommit() {
    Path bare = folder.resolve("bare");
    TestGit.git(source, "commit", "-q", "--allow-empty", "-m", "two");
    TestGit.git(folder, "clone", "-q", "--bare", "--depth", "1", "file://" + source, "bare");
    TestGit.git(bare, "bundle", "create", "-q", folder.resolve("b").toString(), "HEAD");
    Map<String, String> variables = clones.variables("");
    variables.remove("RF_URL");
    variables.put("RF_BUNDLE", folder.resolve("b").toString());
    variables.put("RF_PROTOCOLS", "file");
    variables.put("RF_COMMIT", TestGit.git(source, "rev-parse", "HEAD"));
    TestGit.Ended ended = clones.clone(variables);
    assertThat(ended.exitCode()).as(ended.toString()).isZero();
    assertThat(clones.repository().resolve("src/A.java")).exists();
  }

  @Test
  void namesOfFilesDoNotPassForWhatTheScriptTells() throws Exception {
    TestGit.write(source.resolve("x\rfiles 999\nbytes 1"), "1\n");

    assertThat(clones.inventory(clones.cloneAgain()).files()).isEqualTo(6);
  }

  @Test
  void aCloneThatStandsIsToldOfAgainAndNotTouched() throws Exception {
    TestGit.write(source.resolve(".reviewignore"), "lib/\n");
    TestGit.Ended first = clones.cloneAgain();
    assertThat(first.exitCode()).as(first.toString()).isZero();
    Path repository = clones.repository();
    TestGit.write(repository.resolve("src/A.java"), "class A { int byTheAgent; }\n");

    TestGit.Ended late = clones.cloneOf();

    assertThat(late).isEqualTo(first);
    assertThat(repository.resolve("src/A.java")).hasContent("class A { int byTheAgent; }\n");
  }

  @Test
  void hooksAndFiltersThatTheRepositoryNamesDoNotRun() throws Exception {
    Path mark = folder.resolve("ran");
    Path hostile =
        TestGit.repository(
            folder.resolve("hostile"),
            Map.of(
                ".gitattributes", "* filter=evil diff=evil\n*.bin filter=lfs diff=lfs\n",
                ".gitconfig", "[filter \"evil\"]\n\tsmudge = touch " + mark + "\n",
                "a.bin", "version https://git-lfs.github.com/spec/v1\n"));
    Map<String, String> variables = clones.variables("open/hostile/.git");
    variables.put("RF_COMMIT", TestGit.git(hostile, "rev-parse", "HEAD"));
    assertThat(clones.clone(variables).exitCode()).isZero();
    assertThat(mark).doesNotExist();
    assertThat(clones.repository().resolve("a.bin")).content().startsWith("version https");
  }
}
