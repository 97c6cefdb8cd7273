package dev.repofleet.worker.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.workflows.activities.git.Incremental;
import dev.repofleet.workflows.activities.git.Incremental.Fallback;
import dev.repofleet.workflows.activities.git.ReviewIgnore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a clone tells of the difference to the commit that was reviewed before. */
@Execution(ExecutionMode.CONCURRENT)
class ChangedSinceIT {
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

  private Incremental compared(TestGit.Ended ended, String base) {
    assertThat(ended.exitCode()).as(ended.toString()).isZero();
    return Objects.requireNonNull(
        CloneStep.compared(Incremental.since(base, "monday", "k1"), ended.stdout()));
  }

  @Test
  void whatChangedSinceTheBaseIsCountedAndBothCommitsAreThere() throws Exception {
    String base = clones.commit();
    TestGit.write(source.resolve("src/A.java"), "class A { }\n");
    TestGit.write(source.resolve("src/new.py"), "print(2)\n");
    TestGit.git(source, "rm", "-q", "lib/C.java");

    TestGit.Ended ended = clones.cloneAgain("RF_BASE", base);

    assertThat(compared(ended, base))
        .isEqualTo(Incremental.since(base, "monday", "k1").compared(3));
    assertThat(CloneStep.changedPaths(ended.stdout()))
        .containsExactly("lib/C.java", "src/A.java", "src/new.py");
    Path repository = clones.repository();
    assertThat(TestGit.git(repository, "rev-parse", "HEAD")).isEqualTo(clones.commit());
    assertThat(TestGit.git(repository, "diff", "--name-only", base + ".." + clones.commit()))
        .isEqualTo("lib/C.java\nsrc/A.java\nsrc/new.py");
    assertThat(TestGit.git(repository, "status", "--porcelain")).isEmpty();
    assertThat(compared(clones.cloneOf("RF_BASE", base, "RF_SUBPATH", "lib"), base).filesChanged())
        .isEqualTo(1);
    assertThat(compared(clones.cloneOf("RF_BASE", base, "RF_DEPTH", "5"), base).filesChanged())
        .as("a base within the depth")
        .isEqualTo(3);
    assertThat(TestGit.git(repository, "rev-list", "--count", "HEAD")).isEqualTo("2");
    assertThat(compared(clones.cloneOf("RF_BASE", base), base))
        .as("a second attempt")
        .isEqualTo(Incremental.since(base, "monday", "k1").compared(3));
  }

  @Test
  void whereNothingOrTooMuchChangedAllIsReviewed() throws Exception {
    String base = clones.commit();
    TestGit.write(source.resolve("src/A.java"), "class A { }\n");
    TestGit.Ended elsewhere = clones.cloneAgain("RF_BASE", base, "RF_SUBPATH", "lib");
    assertThat(compared(elsewhere, base).fallback()).isEqualTo(Fallback.NOTHING_CHANGED);
    assertThat(compared(clones.cloneOf("RF_BASE", clones.commit()), clones.commit()).fallback())
        .isEqualTo(Fallback.NOTHING_CHANGED);
    for (int i = 0; i <= 500; i++) {
      TestGit.write(source.resolve("many/" + i), "x\n");
    }
    Incremental many = compared(clones.cloneAgain("RF_BASE", base), base);
    assertThat(many.fallback()).isEqualTo(Fallback.TOO_MUCH_CHANGED);
    assertThat(many.filesChanged()).isEqualTo(502);
  }

  @Test
  void aBaseThatTheHostNoLongerHasIsDoneWithout() throws Exception {
    String base = clones.commit();
    TestGit.write(source.resolve("src/A.java"), "class A { }\n");
    TestGit.git(source, "commit", "-q", "-a", "--amend", "-m", "rewritten");
    clones.takeCommit();
    assertThat(compared(clones.cloneOf("RF_BASE", base), base).filesChanged())
        .as("rewritten, but still there: its tree was reviewed")
        .isEqualTo(1);
    TestGit.git(source, "reflog", "expire", "--expire=now", "--all");
    TestGit.git(source, "gc", "-q", "--prune=now");
    Files.delete(folder.resolve("home/.repofleet-cloned")); // as in another sandbox

    TestGit.Ended ended = clones.cloneOf("RF_BASE", base);

    assertThat(compared(ended, base).fallback()).isEqualTo(Fallback.BASE_NOT_FETCHED);
    assertThat(clones.inventory(ended).files()).isEqualTo(5);
  }

  @Test
  void aBaseThatMakesTooMuchOfTheFolderIsDoneWithout() throws Exception {
    byte[] noise = new byte[3 << 20];
    new Random(7).nextBytes(noise);
    Files.write(source.resolve("noise"), noise);
    clones.cloneAgain();
    String base = clones.commit();
    Files.delete(source.resolve("noise"));

    TestGit.Ended ended = clones.cloneAgain("RF_BASE", base, "RF_LIMIT", "1000000");

    assertThat(compared(ended, base).fallback()).isEqualTo(Fallback.TOO_MUCH_CHANGED);
    assertThat(clones.inventory(ended).files()).isEqualTo(5);
  }

  @Test
  void whatWasIgnoredAtTheBaseWasNeverReviewed() throws Exception {
    TestGit.write(source.resolve(".reviewignore"), "lib/\n");
    clones.cloneAgain();
    String base = clones.commit();
    TestGit.write(source.resolve("lib/D.java"), "class D {}\n");
    TestGit.write(source.resolve("src/b.py"), "print(3)\n");
    Incremental same = compared(clones.cloneAgain("RF_BASE", base), base);
    assertThat(same.fallback()).isNull();
    assertThat(same.filesChanged()).as("without ignored ones").isEqualTo(1);

    TestGit.write(source.resolve(".reviewignore"), "*.md\n");

    assertThat(compared(clones.cloneAgain("RF_BASE", base), base).fallback())
        .isEqualTo(Fallback.REVIEWIGNORE_CHANGED);
  }

  @Test
  void whatIsNotFollowedNowMayHaveBeenFollowedAtTheBase() throws Exception {
    TestGit.write(source.resolve(".reviewignore"), "**" + "a*".repeat(20) + "b\nlib/\n");
    clones.cloneAgain();
    String base = clones.commit();
    TestGit.write(source.resolve("a".repeat(200) + "1"), "");

    TestGit.Ended slow = clones.cloneAgain("RF_BASE", base);

    assertThat(Objects.requireNonNull(clones.inventory(slow).ignored()).unheeded())
        .isEqualTo(ReviewIgnore.Unheeded.TOO_SLOW);
    assertThat(compared(slow, base).fallback()).isEqualTo(Fallback.REVIEWIGNORE_CHANGED);
  }

  @Test
  void whatIsTooLargeToBeFollowedWasSoAtTheBase() throws Exception {
    TestGit.write(source.resolve(".reviewignore"), "*.java\n".repeat(50_000));
    clones.cloneAgain();
    String base = clones.commit();
    TestGit.write(source.resolve("src/A.java"), "class A { }\n");

    assertThat(compared(clones.cloneAgain("RF_BASE", base), base).filesChanged()).isEqualTo(1);
  }
}
