package dev.repofleet.starter.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.starter.testing.GitRepository;
import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.workflows.Cause;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetReaderTest {
  @TempDir Path folder = Path.of("");

  private final List<String> talk = new ArrayList<>();

  private List<WantedTarget> read(String input, @Nullable String list, String... arguments) {
    return new TargetReader(new TestProgram(folder).reading(input).context(), talk::add)
        .read(List.of(arguments), list);
  }

  @Test
  void arguments_come_before_the_list_and_comments_are_skipped() {
    assertThat(read("# first\n  # indented\n\no/two\r\n  o/three  \n", "-", "o/one"))
        .extracting(target -> target.spec().target())
        .containsExactly("o/one", "o/two", "o/three");
  }

  @Test
  void a_hash_behind_a_target_is_its_folder_and_no_comment() {
    assertThat(read("o/r#server\n", "-").get(0).spec().subpath()).isEqualTo("server");
  }

  @Test
  void the_same_repository_in_two_spellings_is_reviewed_once_and_said() {
    assertThat(read("git@github.com:o/r\n", "-", "o/r", "https://GitHub.com/o/r.git/", "o/r@main"))
        .extracting(target -> target.spec().target())
        .containsExactly("o/r", "o/r@main");
    assertThat(talk)
        .containsExactly(
            "'https://GitHub.com/o/r.git/' is there twice: reviewed once",
            "standard input:1: 'git@github.com:o/r' is there twice: reviewed once");
  }

  @Test
  void a_path_by_way_of_a_link_is_the_same_repository() throws java.io.IOException {
    GitRepository.init(folder.resolve("app")).write("a", "b").commit("first");
    java.nio.file.Files.createSymbolicLink(folder.resolve("link"), folder.resolve("app"));
    assertThat(read("", null, "app", "./app/", "link")).hasSize(1);
    assertThat(talk).hasSize(2);
  }

  @Test
  void a_home_folder_is_found() {
    GitRepository.init(folder.resolve("app")).write("a", "b").commit("first");
    assertThat(read("", null, "~/app").get(0).commit()).isNotNull();
  }

  @Test
  void a_repository_without_what_was_asked_for_is_kept_with_its_problem_and_said_at_once() {
    GitRepository.init(folder.resolve("new"));
    GitRepository app = GitRepository.init(folder.resolve("app"));
    app.write("a", "b").commit("first");
    List<WantedTarget> targets =
        read("app#absent\napp#a\n", "-", "new", "new@main", "app", "app@absent");
    assertThat(targets)
        .extracting(target -> target.unusable() == null ? null : target.unusable().cause())
        .containsExactly(
            Cause.REPOSITORY_EMPTY,
            Cause.REPOSITORY_EMPTY,
            null,
            Cause.GIT_NOT_FOUND,
            Cause.GIT_NOT_FOUND,
            Cause.GIT_NOT_FOUND);
    assertThat(targets)
        .filteredOn(target -> target.commit() != null)
        .extracting(target -> target.spec().target())
        .containsExactly("app");
    String commit = app.git("rev-parse", "HEAD").substring(0, 12);
    assertThat(talk)
        .containsExactly(
            "'new' has no commit yet: commit something there first; it counts as failed",
            "'new@main' has no commit yet: commit something there first; it counts as failed",
            "'app@absent' has no branch, tag or commit 'absent'; it counts as failed",
            "standard input:1: 'app#absent' has no folder 'absent' in commit "
                + commit
                + "; it counts as failed",
            "standard input:2: 'app#a' has no folder 'a' in commit "
                + commit
                + "; it counts as failed");
  }

  @Test
  void a_current_branch_without_a_commit_is_no_empty_repository() {
    GitRepository app = GitRepository.init(folder.resolve("app"));
    app.write("a", "b").commit("first");
    app.git("branch", "other");
    app.git("symbolic-ref", "HEAD", "refs/heads/unborn");
    List<WantedTarget> targets = read("", null, "app", "app@other");
    assertThat(targets.get(0).unusable())
        .isEqualTo(
            new Unusable(
                Cause.GIT_NOT_FOUND,
                "'app' has no commit on its current branch: name another one with @BRANCH"));
    assertThat(targets.get(1).commit()).isNotNull();
  }

  @Test
  void a_malformed_target_beside_an_unusable_one_still_refuses_all() {
    GitRepository.init(folder.resolve("new"));
    assertThatThrownBy(() -> read("", null, "new", "./absent"))
        .isInstanceOf(TargetException.class)
        .hasMessage("'./absent' is not there: no such folder");
  }

  @Test
  void many_mistakes_are_told_up_to_ten() {
    String list = "x y\n".repeat(15);
    assertThatThrownBy(() -> read(list, "-"))
        .hasMessageContaining("standard input:10:")
        .hasMessageEndingWith("and 5 more");
  }
}
