package dev.repofleet.worker.git;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.Exclusion;
import dev.repofleet.workflows.activities.CloneOutcome;
import dev.repofleet.workflows.activities.Incremental;
import dev.repofleet.workflows.activities.Incremental.Fallback;
import dev.repofleet.workflows.activities.ReviewIgnore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
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

  private CloneOutcome inventory(TestGit.Ended ended) {
    return CloneStep.inventory(ended.stdout(), store());
  }

  private ArtifactStore store() {
    return ArtifactStores.open(folder.resolve("store").toString());
  }

  private TestGit.Ended clone(Map<String, String> variables) {
    return TestGit.script(ShippedScript.CLONE, variables);
  }

  @Test
  void thePinnedCommitIsCheckedOutAndCounted() {
    // Whatever the template sets must not reach Git.
    Map<String, String> variables = variables("open/one/.git");
    variables.put("GIT_DIR", "/nowhere");
    TestGit.Ended ended = clone(variables);
    assertThat(ended.exitCode()).as(ended.toString()).isZero();
    CloneOutcome outcome = inventory(ended);
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
  void whereLargeFilesAreWantedGitLfsMustBeThere() throws Exception {
    Path programs = Files.createDirectories(folder.resolve("bin"));
    try (Stream<Path> all = Files.list(Path.of("/usr/bin"))) {
      for (Path program : (Iterable<Path>) all::iterator) {
        if (!program.endsWith("git-lfs")) {
          Files.createSymbolicLink(programs.resolve(program.getFileName()), program);
        }
      }
    }
    Map<String, String> variables = variables("open/one/.git");
    variables.put("PATH", programs.toString());
    variables.put("RF_LFS", "yes");
    assertThat(clone(variables).exitCode()).as("nothing large there").isZero();
    TestGit.write(source.resolve(".gitattributes"), "*.bin filter=lfs\n");
    TestGit.git(source, "add", "-A");
    TestGit.git(source, "commit", "-q", "-m", "large");
    variables.put("RF_COMMIT", TestGit.git(source, "rev-parse", "HEAD"));
    assertThat(clone(variables).exitCode()).isEqualTo(26);
  }

  @Test
  void aSubpathIsCountedAloneAndMustExist() {
    Map<String, String> variables = variables("open/one/.git");
    variables.put("RF_SUBPATH", "src");
    assertThat(inventory(clone(variables)).files()).isEqualTo(2);
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
                    folder, Map.of(), List.of("grep", "-rl", GitHttpServer.TOKEN, folder + "/home"))
                .stdout())
        .isEmpty();
    assertThat(ended.toString()).doesNotContain(GitHttpServer.TOKEN);
    assertThat(clone(variables("closed/one/.git")).stdout().lines())
        .as("who asks without one is told that it took a login")
        .contains("login used");
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

  /** Of the working tree as it is committed now. */
  private TestGit.Ended cloneAgain(String... more) {
    TestGit.git(source, "add", "-A");
    TestGit.git(source, "commit", "-q", "-m", "again");
    commit = TestGit.git(source, "rev-parse", "HEAD");
    return cloneOf(more);
  }

  private static List<String> rules(List<Exclusion> rules) {
    return rules.stream().map(rule -> rule.source() + " " + rule.pattern()).toList();
  }

  @Test
  void withoutAReviewignoreNothingIsIgnored() {
    assertThat(inventory(clone(variables("open/one/.git"))).ignored()).isNull();
    assertThat(folder.resolve("home/repo/.git/review-ignored")).doesNotExist();
  }

  @Test
  void whatReviewignoreLeavesOutIsNotCountedAndIsTold() throws Exception {
    TestGit.write(source.resolve(".reviewignore"), "# ours\n\nvendor/\n*.min.js\r\n*\u001b[2Jx\n");
    TestGit.write(source.resolve("src/.reviewignore"), "gen*\n!gen.keep\n");
    TestGit.write(source.resolve("vendor/deep/a b.c"), "int a;\n");
    TestGit.write(source.resolve("vendor/one\nline.c"), "int b;\n");
    TestGit.write(source.resolve("lib/x.min.js"), "x\n");
    TestGit.write(source.resolve("lib/gen.py"), "x\n");
    TestGit.write(source.resolve("src/gen.py"), "x\n");
    TestGit.write(source.resolve("src/gen.keep"), "x\n");

    TestGit.Ended ended = cloneAgain();

    assertThat(ended.exitCode()).as(ended.toString()).isZero();
    CloneOutcome outcome = inventory(ended);
    ReviewIgnore ignored = Objects.requireNonNull(outcome.ignored());
    assertThat(ignored.files()).isEqualTo(4);
    assertThat(ignored.rules()).isEqualTo(5);
    assertThat(ignored.unheeded()).isNull();
    assertThat(outcome.files()).isEqualTo(5 + 2 + 2);
    assertThat(outcome.languages()).containsExactly("Java", "Python");
    assertThat(rules(IgnoreRules.read(store(), ignored)))
        .containsExactly(
            ".reviewignore vendor/",
            ".reviewignore *.min.js",
            ".reviewignore *[2Jx",
            "src/.reviewignore gen*",
            "src/.reviewignore !gen.keep");
    assertThat(folder.resolve("home/repo/.git/review-ignored"))
        .content()
        .isEqualTo("lib/x.min.js\nsrc/gen.py\nvendor/deep/a b.c\nvendor/one\u0001line.c\n");
    assertThat(TestGit.git(folder.resolve("home/repo"), "status", "--porcelain")).isEmpty();

    CloneOutcome below = inventory(cloneOf("RF_SUBPATH", "src"));
    assertThat(below.files()).isEqualTo(4);
    assertThat(Objects.requireNonNull(below.ignored()).files()).isEqualTo(1);
    CloneOutcome beside = inventory(cloneOf("RF_SUBPATH", "lib"));
    assertThat(rules(IgnoreRules.read(store(), beside.ignored())))
        .as("rules of other folders say nothing here")
        .noneMatch(rule -> rule.startsWith("src/"));
    assertThat(cloneOf("RF_SUBPATH", "vendor").exitCode()).as("nothing is left").isEqualTo(25);
  }

  private TestGit.Ended cloneOf(String... more) {
    Map<String, String> variables = variables("open/one/.git");
    for (int i = 0; i < more.length; i += 2) {
      variables.put(more[i], more[i + 1]);
    }
    return clone(variables);
  }

  @Test
  void aReviewignoreOfAHostileSizeIsNotFollowed() throws Exception {
    TestGit.write(source.resolve(".reviewignore"), "*.java\n".repeat(50_000));

    CloneOutcome outcome = inventory(cloneAgain());

    assertThat(outcome.ignored())
        .isEqualTo(new ReviewIgnore(0, 0, null, ReviewIgnore.Unheeded.TOO_LARGE));
    assertThat(outcome.files()).isEqualTo(6);
  }

  @Test
  void aHostilePatternDoesNotHoldTheCloneUp() throws Exception {
    TestGit.write(source.resolve(".reviewignore"), "**" + "a*".repeat(20) + "b\n");
    TestGit.write(source.resolve("a".repeat(200) + "1"), "");

    assertThat(inventory(cloneAgain()).ignored())
        .isEqualTo(new ReviewIgnore(0, 0, null, ReviewIgnore.Unheeded.TOO_SLOW));
  }

  @Test
  void aNulEndsAPatternAsItDoesForGit() throws Exception {
    TestGit.write(source.resolve(".reviewignore"), "src/\0generated/\n\0lib/\n#\0*.md\n*.\0\n");

    CloneOutcome outcome = inventory(cloneAgain());

    ReviewIgnore ignored = Objects.requireNonNull(outcome.ignored());
    assertThat(ignored.files()).isEqualTo(2);
    assertThat(rules(IgnoreRules.read(store(), ignored)))
        .containsExactly(".reviewignore src/", ".reviewignore *.");
  }

  @Test
  void attributesDoNotDecideWhatReviewignoreSays() throws Exception {
    TestGit.write(source.resolve(".git/info/attributes"), ".reviewignore !working-tree-encoding\n");
    TestGit.write(
        source.resolve(".gitattributes"),
        "* ident text eol=crlf\n.reviewignore working-tree-encoding=UTF-16LE-BOM\n");
    TestGit.write(source.resolve(".reviewignore"), "lib/\n");
    TestGit.write(source.resolve("src/.reviewignore"), "$Id$\n");
    TestGit.write(source.resolve("src/$Id$"), "x\n");

    TestGit.Ended ended = cloneAgain();

    assertThat(ended.exitCode()).as(ended.toString()).isZero();
    assertThat(Objects.requireNonNull(inventory(ended).ignored()).files()).isEqualTo(3);
    Path repository = folder.resolve("home/repo");
    assertThat(repository.resolve(".reviewignore")).hasContent("lib/\n");
    assertThat(repository.resolve("src/.reviewignore")).hasContent("$Id$\n");
    assertThat(TestGit.git(repository, "status", "--porcelain")).isEmpty();
    assertThat(repository.resolve(".reviewignore").toFile().setLastModified(0)).isTrue();
    Map<String, String> variables =
        Map.of(
            "RF_REPO",
            repository.toString(),
            "RF_STATE",
            folder.resolve("state").toString(),
            "RF_COMMIT",
            commit,
            "RF_MAX",
            "1000");
    assertThat(TestGit.script(ShippedScript.TREE, variables, "base").exitCode()).isZero();
    assertThat(TestGit.script(ShippedScript.TREE, variables, "diff").stdout())
        .contains("changed 0");
  }

  @Test
  void onlyTheFirstPatternsAreTold() throws Exception {
    String many =
        IntStream.range(0, 80).mapToObj(i -> i + "x".repeat(900) + "\n").collect(joining());
    TestGit.write(source.resolve(".reviewignore"), many + "*.py\n");

    ReviewIgnore ignored = Objects.requireNonNull(inventory(cloneAgain()).ignored());

    assertThat(ignored.files()).isEqualTo(1);
    assertThat(ignored.rules()).isEqualTo(81);
    assertThat(IgnoreRules.read(store(), ignored))
        .hasSize(IgnoreRules.MAX_RULES)
        .allMatch(rule -> rule.pattern().length() <= 200);
  }

  @Test
  void aReviewignoreThatIsALinkIsNone() throws Exception {
    TestGit.write(folder.resolve("elsewhere"), "*\n");
    Files.createSymbolicLink(source.resolve(".reviewignore"), folder.resolve("elsewhere"));

    assertThat(inventory(cloneAgain()).ignored()).isNull();
  }

  @Test
  void namesOfFilesDoNotPassForWhatTheScriptTells() throws Exception {
    TestGit.write(source.resolve("x\rfiles 999\nbytes 1"), "1\n");

    assertThat(inventory(cloneAgain()).files()).isEqualTo(6);
  }

  @Test
  void findingsInIgnoredFilesAreToldApartAlsoAfterTheAgentHasRun() throws Exception {
    TestGit.write(source.resolve(".reviewignore"), "lib/\n*odd*\n");
    TestGit.write(source.resolve("an\nodd name"), "x\n");
    assertThat(cloneAgain().exitCode()).isZero();
    Map<String, String> variables =
        Map.of(
            "RF_REPO", folder.resolve("home/repo").toString(),
            "RF_STATE", folder.resolve("state").toString(),
            "RF_COMMIT", commit);
    assertThat(TestGit.script(ShippedScript.TREE, variables, "base").exitCode()).isZero();
    assertThat(folder.resolve("home/repo/.git/review-ignored")).doesNotExist();
    TestGit.write(folder.resolve("home/repo/.reviewignore"), "*\n");

    assertThat(
            TestGit.script(
                    ShippedScript.COMMIT_FILES,
                    variables,
                    "look",
                    "src/A.java",
                    "lib/C.java",
                    "odd name",
                    "lib")
                .stdout())
        .isEqualTo("blob 11\nignored\nmissing\ntree\n");
  }

  private Incremental compared(TestGit.Ended ended, String base) {
    assertThat(ended.exitCode()).as(ended.toString()).isZero();
    return Objects.requireNonNull(
        CloneStep.compared(Incremental.since(base, "monday", "k1"), ended.stdout()));
  }

  @Test
  void whatChangedSinceTheBaseIsCountedAndBothCommitsAreThere() throws Exception {
    String base = commit;
    TestGit.write(source.resolve("src/A.java"), "class A { }\n");
    TestGit.write(source.resolve("src/new.py"), "print(2)\n");
    TestGit.git(source, "rm", "-q", "lib/C.java");

    TestGit.Ended ended = cloneAgain("RF_BASE", base);

    assertThat(compared(ended, base))
        .isEqualTo(Incremental.since(base, "monday", "k1").compared(3));
    assertThat(CloneStep.changedPaths(ended.stdout()))
        .containsExactly("lib/C.java", "src/A.java", "src/new.py");
    Path repository = folder.resolve("home/repo");
    assertThat(TestGit.git(repository, "rev-parse", "HEAD")).isEqualTo(commit);
    assertThat(TestGit.git(repository, "diff", "--name-only", base + ".." + commit))
        .isEqualTo("lib/C.java\nsrc/A.java\nsrc/new.py");
    assertThat(TestGit.git(repository, "status", "--porcelain")).isEmpty();
    assertThat(compared(cloneOf("RF_BASE", base, "RF_SUBPATH", "lib"), base).filesChanged())
        .isEqualTo(1);
    assertThat(compared(cloneOf("RF_BASE", base, "RF_DEPTH", "5"), base).filesChanged())
        .as("a base within the depth")
        .isEqualTo(3);
    assertThat(TestGit.git(repository, "rev-list", "--count", "HEAD")).isEqualTo("2");
    assertThat(compared(cloneOf("RF_BASE", base), base))
        .as("a second attempt")
        .isEqualTo(Incremental.since(base, "monday", "k1").compared(3));
  }

  @Test
  void aCloneThatStandsIsToldOfAgainAndNotTouched() throws Exception {
    TestGit.write(source.resolve(".reviewignore"), "lib/\n");
    TestGit.Ended first = cloneAgain();
    assertThat(first.exitCode()).as(first.toString()).isZero();
    Path repository = folder.resolve("home/repo");
    TestGit.write(repository.resolve("src/A.java"), "class A { int byTheAgent; }\n");

    TestGit.Ended late = cloneOf();

    assertThat(late).isEqualTo(first);
    assertThat(repository.resolve("src/A.java")).hasContent("class A { int byTheAgent; }\n");
  }

  @Test
  void whereNothingOrTooMuchChangedAllIsReviewed() throws Exception {
    String base = commit;
    TestGit.write(source.resolve("src/A.java"), "class A { }\n");
    TestGit.Ended elsewhere = cloneAgain("RF_BASE", base, "RF_SUBPATH", "lib");
    assertThat(compared(elsewhere, base).fallback()).isEqualTo(Fallback.NOTHING_CHANGED);
    assertThat(compared(cloneOf("RF_BASE", commit), commit).fallback())
        .isEqualTo(Fallback.NOTHING_CHANGED);
    for (int i = 0; i <= 500; i++) {
      TestGit.write(source.resolve("many/" + i), "x\n");
    }
    Incremental many = compared(cloneAgain("RF_BASE", base), base);
    assertThat(many.fallback()).isEqualTo(Fallback.TOO_MUCH_CHANGED);
    assertThat(many.filesChanged()).isEqualTo(502);
  }

  @Test
  void aBaseThatTheHostNoLongerHasIsDoneWithout() throws Exception {
    String base = commit;
    TestGit.write(source.resolve("src/A.java"), "class A { }\n");
    TestGit.git(source, "commit", "-q", "-a", "--amend", "-m", "rewritten");
    commit = TestGit.git(source, "rev-parse", "HEAD");
    assertThat(compared(cloneOf("RF_BASE", base), base).filesChanged())
        .as("rewritten, but still there: its tree was reviewed")
        .isEqualTo(1);
    TestGit.git(source, "reflog", "expire", "--expire=now", "--all");
    TestGit.git(source, "gc", "-q", "--prune=now");
    Files.delete(folder.resolve("home/.repofleet-cloned")); // as in another sandbox

    TestGit.Ended ended = cloneOf("RF_BASE", base);

    assertThat(compared(ended, base).fallback()).isEqualTo(Fallback.BASE_NOT_FETCHED);
    assertThat(inventory(ended).files()).isEqualTo(5);
  }

  @Test
  void aBaseThatMakesTooMuchOfTheFolderIsDoneWithout() throws Exception {
    byte[] noise = new byte[3 << 20];
    new Random(7).nextBytes(noise);
    Files.write(source.resolve("noise"), noise);
    cloneAgain();
    String base = commit;
    Files.delete(source.resolve("noise"));

    TestGit.Ended ended = cloneAgain("RF_BASE", base, "RF_LIMIT", "1000000");

    assertThat(compared(ended, base).fallback()).isEqualTo(Fallback.TOO_MUCH_CHANGED);
    assertThat(inventory(ended).files()).isEqualTo(5);
  }

  @Test
  void whatWasIgnoredAtTheBaseWasNeverReviewed() throws Exception {
    TestGit.write(source.resolve(".reviewignore"), "lib/\n");
    cloneAgain();
    String base = commit;
    TestGit.write(source.resolve("lib/D.java"), "class D {}\n");
    TestGit.write(source.resolve("src/b.py"), "print(3)\n");
    Incremental same = compared(cloneAgain("RF_BASE", base), base);
    assertThat(same.fallback()).isNull();
    assertThat(same.filesChanged()).as("without ignored ones").isEqualTo(1);

    TestGit.write(source.resolve(".reviewignore"), "*.md\n");

    assertThat(compared(cloneAgain("RF_BASE", base), base).fallback())
        .isEqualTo(Fallback.REVIEWIGNORE_CHANGED);
  }

  @Test
  void whatIsNotFollowedNowMayHaveBeenFollowedAtTheBase() throws Exception {
    TestGit.write(source.resolve(".reviewignore"), "**" + "a*".repeat(20) + "b\nlib/\n");
    cloneAgain();
    String base = commit;
    TestGit.write(source.resolve("a".repeat(200) + "1"), "");

    TestGit.Ended slow = cloneAgain("RF_BASE", base);

    assertThat(Objects.requireNonNull(inventory(slow).ignored()).unheeded())
        .isEqualTo(ReviewIgnore.Unheeded.TOO_SLOW);
    assertThat(compared(slow, base).fallback()).isEqualTo(Fallback.REVIEWIGNORE_CHANGED);
  }

  @Test
  void whatIsTooLargeToBeFollowedWasSoAtTheBase() throws Exception {
    TestGit.write(source.resolve(".reviewignore"), "*.java\n".repeat(50_000));
    cloneAgain();
    String base = commit;
    TestGit.write(source.resolve("src/A.java"), "class A { }\n");

    assertThat(compared(cloneAgain("RF_BASE", base), base).filesChanged()).isEqualTo(1);
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
