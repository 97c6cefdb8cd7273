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
    return read(TargetFilter.ALL, false, input, list, arguments);
  }

  private List<WantedTarget> read(
      TargetFilter filter,
      boolean skipInvalid,
      String input,
      @Nullable String list,
      String... arguments) {
    List<WantedTarget> read = new ArrayList<>();
    try (WantedTargets targets =
        new TargetReader(
                new TestProgram(folder).reading(input).context(), talk::add, filter, skipInvalid)
            .read(List.of(arguments), list)) {
      targets.forEach(read::add);
      assertThat(targets.size()).isEqualTo(read.size());
    }
    return read;
  }

  private static List<String> typed(List<WantedTarget> targets) {
    return targets.stream().map(target -> target.spec().target()).toList();
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
            "'https://GitHub.com/o/r.git/' is the same as 'o/r': reviewed once",
            "standard input:1: 'git@github.com:o/r' is the same as 'o/r': reviewed once");
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

  @Test
  void one_repository_in_every_spelling_is_reviewed_once_and_each_other_one_is_said() {
    String list =
        """
        owner/name
        https://GitHub.com/owner/name.git/
        git@github.com:owner/name
        ssh://git@github.com:22/owner/name
        https://github.com/Owner/NAME
        owner/name
        https://git.example/Owner/NAME
        https://git.example/owner/name
        """;
    assertThat(typed(read(list, "-")))
        .containsExactly(
            "owner/name", "https://git.example/Owner/NAME", "https://git.example/owner/name");
    assertThat(talk)
        .containsExactly(
            "standard input:2: 'https://GitHub.com/owner/name.git/' is the same as 'owner/name':"
                + " reviewed once",
            "standard input:3: 'git@github.com:owner/name' is the same as 'owner/name': reviewed"
                + " once",
            "standard input:4: 'ssh://git@github.com:22/owner/name' is the same as 'owner/name':"
                + " reviewed once",
            "standard input:5: 'https://github.com/Owner/NAME' is the same as 'owner/name':"
                + " reviewed once",
            "standard input:6: 'owner/name' is there twice: reviewed once");
  }

  @Test
  void many_duplicates_are_said_up_to_ten_and_counted() {
    read("o/r\n".repeat(40), "-");
    assertThat(talk).hasSize(11).endsWith("and 29 more are the same as others: reviewed once");
  }

  @Test
  void a_folder_of_clones_is_all_of_them() {
    for (String name : List.of("b", "a")) {
      GitRepository.init(folder.resolve("work/" + name)).write("f", name).commit("first");
    }
    GitRepository a = new GitRepository(folder.resolve("work/a"));
    a.git("clone", "-q", "--bare", ".", folder.resolve("work/bare.git").toString());
    GitRepository.init(folder.resolve("work/notes/deeper")).write("f", "x").commit("first");
    List<WantedTarget> targets = read("work/@main\n", "-");
    assertThat(typed(targets)).containsExactly("work/a@main", "work/b@main", "work/bare.git@main");
    assertThat(targets).allMatch(target -> target.commit() != null);
    assertThat(talk).containsExactly("standard input:1: 3 repositories in work/@main");
  }

  @Test
  void a_folder_of_clones_tells_what_is_wrong_with_each() throws java.io.IOException {
    GitRepository.init(folder.resolve("work/good")).write("f", "x").commit("first");
    GitRepository.init(folder.resolve("work/new"));
    java.nio.file.Files.createDirectories(folder.resolve("work/broken/.git"));
    assertThatThrownBy(() -> read("", null, "work"))
        .isInstanceOf(TargetException.class)
        .hasMessageContaining("'work/broken' is not a Git repository");
    talk.clear();
    assertThat(typed(read(TargetFilter.ALL, true, "", null, "work")))
        .containsExactly("work/good", "work/new");
    assertThat(talk)
        .contains("1 left out since they can't be used (--skip-invalid)")
        .contains(
            "'work/new' has no commit yet: commit something there first; it counts as failed");
  }

  @Test
  void a_folder_without_repositories_is_none() throws java.io.IOException {
    java.nio.file.Files.createDirectories(folder.resolve("empty/deeper"));
    assertThatThrownBy(() -> read("", null, "empty"))
        .hasMessageStartingWith("'empty' is not a Git repository: run `git init`");
  }

  @Test
  void filters_match_the_canonical_spelling_with_the_folder() {
    String list = "acme/app\nAcme/Web#server\nother/app#server/api\ngit@h.example:x/legacy\n";
    assertThat(
            typed(read(TargetFilter.of(List.of("^github.com/acme/"), List.of()), false, list, "-")))
        .containsExactly("acme/app", "Acme/Web#server");
    assertThat(
            typed(read(TargetFilter.of(List.of("Acme", "legacy$"), List.of()), false, list, "-")))
        .containsExactly("Acme/Web#server", "git@h.example:x/legacy");
    talk.clear();
    assertThat(
            typed(
                read(
                    TargetFilter.of(List.of("#server", "legacy"), List.of("/api$")),
                    false,
                    list,
                    "-")))
        .containsExactly("Acme/Web#server", "git@h.example:x/legacy");
    assertThat(talk).containsExactly("2 left out by --include and --exclude");
  }

  @Test
  void filters_that_leave_nothing_say_so() {
    assertThatThrownBy(
            () -> read(TargetFilter.of(List.of("nowhere"), List.of()), false, "o/r\n", "-"))
        .hasMessageStartingWith("--include and --exclude leave no target");
  }

  @Test
  void a_filter_that_is_no_expression_names_the_place() {
    assertThatThrownBy(() -> TargetFilter.of(List.of(), List.of("a(b")))
        .isInstanceOf(TargetException.class)
        .hasMessage("--exclude 'a(b' is no regular expression: Unclosed group at character 4");
  }

  @Test
  void a_glob_of_folders_is_each_of_them_at_that_commit() {
    GitRepository app = GitRepository.init(folder.resolve("app"));
    app.write("services/a/f", "1").write("services/b c/f", "2").write("services/.hidden/f", "3");
    app.write("services/ünï/deep/f", "4").write("services/file", "5").commit("first");
    app.git("tag", "v1");
    app.write("services/later/f", "6").commit("second");
    assertThat(typed(read("app@v1#services/*\n", "-")))
        .containsExactly("app@v1#services/a", "app@v1#services/b c", "app@v1#services/ünï");
    assertThat(talk).containsExactly("standard input:1: 'app@v1#services/*' is 3 folders");
    assertThat(typed(read("", null, "app#services/**")))
        .containsExactly(
            "app#services/a",
            "app#services/b c",
            "app#services/later",
            "app#services/ünï",
            "app#services/ünï/deep");
    assertThat(typed(read("", null, "app#**/deep", "app#*vice*/a")))
        .containsExactly("app#services/ünï/deep", "app#services/a");
  }

  @Test
  void a_glob_without_a_match_is_an_error_of_its_line() {
    GitRepository.init(folder.resolve("app")).write("src/f", "1").commit("first");
    assertThatThrownBy(() -> read("app#services/*\napp#*/x\n", "-"))
        .hasMessageContaining("standard input:1: 'app#services/*' matches no folder in commit ")
        .hasMessageContaining("standard input:2: 'app#*/x' matches no folder");
  }

  @Test
  void invalid_ones_are_left_out_and_said_when_that_is_asked_for() {
    assertThat(typed(read(TargetFilter.ALL, true, "o/r\n" + "x y\n".repeat(15), "-")))
        .containsExactly("o/r");
    assertThat(talk).hasSize(12);
    assertThat(talk.get(0)).startsWith("standard input:2: target 'x y' is refused");
    assertThat(talk.subList(10, 12))
        .containsExactly("and 5 more", "15 left out since they can't be used (--skip-invalid)");
    assertThatThrownBy(() -> read(TargetFilter.ALL, true, "x y\n", "-"))
        .hasMessageStartingWith("standard input:1: target 'x y' is refused");
  }
}
