package dev.repofleet.worker.git;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.finding.Exclusion;
import dev.repofleet.workflows.activities.git.CloneOutcome;
import dev.repofleet.workflows.activities.git.ReviewIgnore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What {@code .reviewignore} leaves out of a clone, and what a hostile one can't do. */
@Execution(ExecutionMode.CONCURRENT)
class ReviewIgnoreIT {
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

  private static List<String> rules(List<Exclusion> rules) {
    return rules.stream().map(rule -> rule.source() + " " + rule.pattern()).toList();
  }

  @Test
  void withoutAReviewignoreNothingIsIgnored() {
    assertThat(clones.inventory(clones.clone(clones.variables("open/one/.git"))).ignored())
        .isNull();
    assertThat(clones.repository().resolve(".git/review-ignored")).doesNotExist();
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

    TestGit.Ended ended = clones.cloneAgain();

    assertThat(ended.exitCode()).as(ended.toString()).isZero();
    CloneOutcome outcome = clones.inventory(ended);
    ReviewIgnore ignored = Objects.requireNonNull(outcome.ignored());
    assertThat(ignored.files()).isEqualTo(4);
    assertThat(ignored.rules()).isEqualTo(5);
    assertThat(ignored.unheeded()).isNull();
    assertThat(outcome.files()).isEqualTo(5 + 2 + 2);
    assertThat(outcome.languages()).containsExactly("Java", "Python");
    assertThat(rules(IgnoreRules.read(clones.store(), ignored)))
        .containsExactly(
            ".reviewignore vendor/",
            ".reviewignore *.min.js",
            ".reviewignore *[2Jx",
            "src/.reviewignore gen*",
            "src/.reviewignore !gen.keep");
    assertThat(clones.repository().resolve(".git/review-ignored"))
        .content()
        .isEqualTo("lib/x.min.js\nsrc/gen.py\nvendor/deep/a b.c\nvendor/one\u0001line.c\n");
    assertThat(TestGit.git(clones.repository(), "status", "--porcelain")).isEmpty();

    CloneOutcome below = clones.inventory(clones.cloneOf("RF_SUBPATH", "src"));
    assertThat(below.files()).isEqualTo(4);
    assertThat(Objects.requireNonNull(below.ignored()).files()).isEqualTo(1);
    CloneOutcome beside = clones.inventory(clones.cloneOf("RF_SUBPATH", "lib"));
    assertThat(rules(IgnoreRules.read(clones.store(), beside.ignored())))
        .as("rules of other folders say nothing here")
        .noneMatch(rule -> rule.startsWith("src/"));
    assertThat(clones.cloneOf("RF_SUBPATH", "vendor").exitCode())
        .as("nothing is left")
        .isEqualTo(25);
  }

  @Test
  void aReviewignoreOfAHostileSizeIsNotFollowed() throws Exception {
    TestGit.write(source.resolve(".reviewignore"), "*.java\n".repeat(50_000));

    CloneOutcome outcome = clones.inventory(clones.cloneAgain());

    assertThat(outcome.ignored())
        .isEqualTo(new ReviewIgnore(0, 0, null, ReviewIgnore.Unheeded.TOO_LARGE));
    assertThat(outcome.files()).isEqualTo(6);
  }

  @Test
  void aHostilePatternDoesNotHoldTheCloneUp() throws Exception {
    TestGit.write(source.resolve(".reviewignore"), "**" + "a*".repeat(20) + "b\n");
    TestGit.write(source.resolve("a".repeat(200) + "1"), "");

    assertThat(clones.inventory(clones.cloneAgain()).ignored())
        .isEqualTo(new ReviewIgnore(0, 0, null, ReviewIgnore.Unheeded.TOO_SLOW));
  }

  @Test
  void aNulEndsAPatternAsItDoesForGit() throws Exception {
    TestGit.write(source.resolve(".reviewignore"), "src/\0generated/\n\0lib/\n#\0*.md\n*.\0\n");

    CloneOutcome outcome = clones.inventory(clones.cloneAgain());

    ReviewIgnore ignored = Objects.requireNonNull(outcome.ignored());
    assertThat(ignored.files()).isEqualTo(2);
    assertThat(rules(IgnoreRules.read(clones.store(), ignored)))
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

    TestGit.Ended ended = clones.cloneAgain();

    assertThat(ended.exitCode()).as(ended.toString()).isZero();
    assertThat(Objects.requireNonNull(clones.inventory(ended).ignored()).files()).isEqualTo(3);
    Path repository = clones.repository();
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
            clones.commit(),
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

    ReviewIgnore ignored = Objects.requireNonNull(clones.inventory(clones.cloneAgain()).ignored());

    assertThat(ignored.files()).isEqualTo(1);
    assertThat(ignored.rules()).isEqualTo(81);
    assertThat(IgnoreRules.read(clones.store(), ignored))
        .hasSize(IgnoreRules.MAX_RULES)
        .allMatch(rule -> rule.pattern().length() <= 200);
  }

  @Test
  void aReviewignoreThatIsALinkIsNone() throws Exception {
    TestGit.write(folder.resolve("elsewhere"), "*\n");
    Files.createSymbolicLink(source.resolve(".reviewignore"), folder.resolve("elsewhere"));

    assertThat(clones.inventory(clones.cloneAgain()).ignored()).isNull();
  }

  @Test
  void findingsInIgnoredFilesAreToldApartAlsoAfterTheAgentHasRun() throws Exception {
    TestGit.write(source.resolve(".reviewignore"), "lib/\n*odd*\n");
    TestGit.write(source.resolve("an\nodd name"), "x\n");
    assertThat(clones.cloneAgain().exitCode()).isZero();
    Map<String, String> variables =
        Map.of(
            "RF_REPO", clones.repository().toString(),
            "RF_STATE", folder.resolve("state").toString(),
            "RF_COMMIT", clones.commit());
    assertThat(TestGit.script(ShippedScript.TREE, variables, "base").exitCode()).isZero();
    assertThat(clones.repository().resolve(".git/review-ignored")).doesNotExist();
    TestGit.write(clones.repository().resolve(".reviewignore"), "*\n");

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
}
