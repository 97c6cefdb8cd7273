package dev.repofleet.worker.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.workflows.activities.CloneOutcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CloneScriptIT {
  @TempDir private Path folder;
  private GitHttpServer server;
  private Path source;
  private String commit;

  @BeforeEach
  void serve() throws Exception {
    source =
        TestGit.repository(
            folder.resolve("one"),
            Map.of(
                "src/A.java", "class A {}\n",
                "src/b.py", "print(1)\n",
                "lib/C.java", "class C {}\n",
                "CLAUDE.md", "be kind\n",
                "lib/.claude/settings.json", "{}\n"));
    commit = TestGit.git(source, "rev-parse", "HEAD");
    server = GitHttpServer.serve(folder);
    Files.createDirectories(folder.resolve("home"));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Map<String, String> variables(String path) {
    Map<String, String> variables = new HashMap<>();
    variables.put("RF_REPO", folder.resolve("home/repo").toString());
    variables.put("RF_COMMIT", commit);
    variables.put("RF_REF", "refs/heads/main");
    variables.put("RF_URL", server.url(path));
    variables.put("RF_PROTOCOLS", "http:https");
    variables.put("RF_DEPTH", "1");
    variables.put("RF_LIMIT", "100000000");
    return variables;
  }

  private TestGit.Ended clone(Map<String, String> variables) {
    return TestGit.script(GitScript.CLONE, variables);
  }

  @Test
  void thePinnedCommitIsCheckedOutAndCounted() {
    // Whatever the template sets must not reach Git.
    Map<String, String> variables = variables("open/one/.git");
    variables.put("GIT_DIR", "/nowhere");
    TestGit.Ended ended = clone(variables);
    assertThat(ended.exitCode()).as(ended.toString()).isZero();
    CloneOutcome outcome = CloneStep.inventory(ended.stdout());
    assertThat(outcome.files()).isEqualTo(5);
    assertThat(outcome.bytes()).isEqualTo(42);
    assertThat(outcome.treeHash()).isEqualTo(TestGit.git(source, "rev-parse", "HEAD^{tree}"));
    assertThat(outcome.languages()).containsExactly("Java", "Python");
    assertThat(outcome.languagePercents()).hasSize(2);
    assertThat(outcome.agentSettings()).containsExactly("CLAUDE.md", "lib/.claude/settings.json");
    Path repository = folder.resolve("home/repo");
    assertThat(TestGit.git(repository, "rev-parse", "HEAD")).isEqualTo(commit);
    assertThat(TestGit.git(repository, "status", "--porcelain")).isEmpty();
    assertThat(repository.resolve(".git/config")).content().doesNotContain(server.address());
  }

  @Test
  void aSecondAttemptStartsFromAnEmptyFolder() throws Exception {
    TestGit.write(folder.resolve("home/repo/left.txt"), "of an earlier attempt");
    assertThat(clone(variables("open/one/.git")).exitCode()).isZero();
    assertThat(folder.resolve("home/repo/left.txt")).doesNotExist();
  }

  @Test
  void aSubpathIsCountedAloneAndMustExist() {
    Map<String, String> variables = variables("open/one/.git");
    variables.put("RF_SUBPATH", "src");
    assertThat(CloneStep.inventory(clone(variables).stdout()).files()).isEqualTo(2);
    variables.put("RF_SUBPATH", "src/A.java");
    assertThat(clone(variables).exitCode()).isEqualTo(21);
    variables.put("RF_SUBPATH", "none");
    assertThat(clone(variables).exitCode()).isEqualTo(21);
  }

  @Test
  void aCommitBehindTheBranchIsFound() {
    TestGit.git(source, "commit", "-q", "--allow-empty", "-m", "two");
    assertThat(clone(variables("open/one/.git")).exitCode()).isZero();
  }

  @Test
  void aCommitThatTheHostDoesNotHaveIsSaid() {
    Map<String, String> variables = variables("open/one/.git");
    variables.put("RF_COMMIT", "ab".repeat(20));
    assertThat(clone(variables).exitCode()).isEqualTo(22);
  }

  @Test
  void aCommitWithoutFilesIsSaid() throws Exception {
    Path empty = TestGit.repository(folder.resolve("empty"), Map.of());
    Map<String, String> variables = variables("open/empty/.git");
    variables.put("RF_COMMIT", TestGit.git(empty, "rev-parse", "HEAD"));
    assertThat(clone(variables).exitCode()).isEqualTo(23);
  }

  @Test
  void tooLargeARepositoryIsNotCheckedOut() throws Exception {
    Path large = TestGit.repository(folder.resolve("large"), Map.of("zeros", "0".repeat(3 << 20)));
    Map<String, String> variables = variables("open/large/.git");
    variables.put("RF_COMMIT", TestGit.git(large, "rev-parse", "HEAD"));
    variables.put("RF_LIMIT", "1000000");
    assertThat(clone(variables).exitCode()).isEqualTo(20);
    assertThat(folder.resolve("home/repo/zeros")).doesNotExist();
  }

  @Test
  void theTokenOpensAClosedRepositoryAndStaysNowhere() throws Exception {
    Map<String, String> variables = variables("closed/one/.git");
    TestGit.Ended refused = clone(variables);
    assertThat(refused.exitCode()).isEqualTo(24);
    assertThat(GitFailures.asksForLogin(refused.stderr())).isTrue();
    variables.put("RF_GIT_USER", "x-access-token");
    variables.put("RF_GIT_TOKEN", GitHttpServer.TOKEN);
    TestGit.Ended ended = clone(variables);
    assertThat(ended.exitCode()).as(ended.toString()).isZero();
    assertThat(
            TestGit.run(
                    folder,
                    Map.of(),
                    java.util.List.of("grep", "-rl", GitHttpServer.TOKEN, folder + "/home"))
                .stdout())
        .isEmpty();
    assertThat(ended.toString()).doesNotContain(GitHttpServer.TOKEN);
  }

  @Test
  void theHostsDelayIsTold() {
    TestGit.Ended ended = clone(variables("limited/one/.git"));
    assertThat(ended.exitCode()).isEqualTo(24);
    assertThat(ended.stdout()).contains("retry-after 7");
    assertThat(ended.stderr()).contains("429");
  }

  @Test
  void noRedirectIsFollowed() {
    assertThat(clone(variables("moved/one/.git")).exitCode()).isEqualTo(24);
  }

  @Test
  void aBundleIsUnpackedAtItsCommit() {
    Path bare = folder.resolve("bare");
    TestGit.git(source, "commit", "-q", "--allow-empty", "-m", "two");
    TestGit.git(folder, "clone", "-q", "--bare", "--depth", "1", "file://" + source, "bare");
    TestGit.git(bare, "bundle", "create", "-q", folder.resolve("b").toString(), "HEAD");
    Map<String, String> variables = variables("");
    variables.remove("RF_URL");
    variables.put("RF_BUNDLE", folder.resolve("b").toString());
    variables.put("RF_PROTOCOLS", "file");
    variables.put("RF_COMMIT", TestGit.git(source, "rev-parse", "HEAD"));
    TestGit.Ended ended = clone(variables);
    assertThat(ended.exitCode()).as(ended.toString()).isZero();
    assertThat(folder.resolve("home/repo/src/A.java")).exists();
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
    Map<String, String> variables = variables("open/hostile/.git");
    variables.put("RF_COMMIT", TestGit.git(hostile, "rev-parse", "HEAD"));
    assertThat(clone(variables).exitCode()).isZero();
    assertThat(mark).doesNotExist();
    assertThat(folder.resolve("home/repo/a.bin")).content().startsWith("version https");
  }
}
