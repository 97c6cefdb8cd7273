package dev.repofleet.starter.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.target.ManifestReader;
import dev.repofleet.artifacts.target.ManifestRef;
import dev.repofleet.artifacts.target.TargetKind;
import dev.repofleet.artifacts.target.TargetPlan;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.testing.GitRepository;
import dev.repofleet.starter.testing.TestProgram;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the real Git. */
class ManifestBuilderTest {
  private static final Plan PLAN =
      Plan.builder("some plan", "Look at {{repository}}").model("large").build();

  @TempDir Path folder = Path.of("");

  private final List<String> talk = new ArrayList<>();
  private TestProgram program = new TestProgram(folder);

  @BeforeEach
  void inTheFolder() {
    program = new TestProgram(folder);
  }

  private ArtifactStore store() {
    return ArtifactStores.open(folder.resolve("store").toString());
  }

  private List<TargetRow> manifest(String... targets) {
    return rows("some-batch", null, targets);
  }

  private List<TargetRow> rows(String batch, @Nullable String list, String... targets) {
    try (WantedTargets wanted =
        new TargetReader(program.context(), talk::add).read(List.of(targets), list)) {
      ManifestRef manifest =
          new ManifestBuilder(program.context().environment(), store(), talk::add)
              .write(batch, PLAN, wanted);
      return ManifestReader.open(store(), manifest).readPage(0, 100);
    }
  }

  /** What happens in a sandbox: nothing but the bundle is there. */
  private Path unbundle(TargetRow row) throws IOException {
    Path bundle = folder.resolve("received.bundle");
    try (InputStream in = store().open(Objects.requireNonNull(row.bundle()))) {
      Files.copy(in, bundle);
    }
    GitRepository sandbox = GitRepository.init(folder.resolve("sandbox"));
    String commit = Objects.requireNonNull(row.commit());
    Files.writeString(sandbox.path().resolve(".git/shallow"), commit + "\n");
    sandbox.git("fetch", "-q", bundle.toString(), "HEAD");
    sandbox.git("checkout", "-q", commit);
    assertThat(sandbox.git("fsck", "--strict")).doesNotContain("error", "missing");
    assertThat(sandbox.git("rev-list", "--count", "HEAD")).isEqualTo("1");
    return sandbox.path();
  }

  private GitRepository history() {
    GitRepository repository = GitRepository.init(folder.resolve("app"));
    repository.write("a.txt", "one\n").commit("first");
    repository.write("a.txt", "two\n").write("sub/b.txt", "b\n").commit("second");
    return repository;
  }

  @Test
  void some_are_spread_evenly_over_all_and_leave_no_name() {
    String[] targets = IntStream.range(0, 10).mapToObj(i -> "o/r" + i).toArray(String[]::new);
    try (WantedTargets wanted =
        new TargetReader(program.context(), talk::add).read(List.of(targets), null)) {
      ManifestBuilder builder =
          new ManifestBuilder(program.context().environment(), store(), talk::add);

      ManifestRef some = builder.some(PLAN, wanted, 3);

      assertThat(ManifestReader.open(store(), some).readPage(0, 100))
          .extracting(TargetRow::target)
          .containsExactly("o/r3", "o/r6", "o/r9");
      assertThat(builder.some(PLAN, wanted, 10).count()).isEqualTo(10);
      assertThat(builder.some(PLAN, wanted, 1000).count()).isEqualTo(10);
      assertThat(store().list("batches")).isEmpty();
    }
  }

  @Test
  void a_bundle_holds_the_commit_and_nothing_before_it() throws IOException {
    String commit = history().git("rev-parse", "HEAD");
    TargetRow row = manifest("app").get(0);
    assertThat(row.kind()).isEqualTo(TargetKind.BUNDLE);
    assertThat(row.commit()).isEqualTo(commit);
    assertThat(row.target()).isEqualTo("app");
    assertThat(row.url()).isNull();
    assertThat(unbundle(row).resolve("a.txt")).hasContent("two\n");
    assertThat(talk).isEmpty();
  }

  @Test
  void a_branch_a_tag_and_a_commit_can_be_asked_for() throws IOException {
    GitRepository repository = history();
    String first = repository.git("rev-parse", "HEAD~1");
    repository.git("tag", "-a", "v1", "-m", "one", first);
    repository.git("branch", "old", first);
    List<TargetRow> rows = manifest("app@v1", "app@old", "app@" + first, "app#sub");
    assertThat(rows).extracting(TargetRow::commit).startsWith(first, first, first);
    assertThat(rows.get(0).ref()).isEqualTo("v1");
    assertThat(rows.get(3).subpath()).isEqualTo("sub");
    assertThat(unbundle(rows.get(2)).resolve("a.txt")).hasContent("one\n");
  }

  @Test
  void a_bare_repository_and_a_shallow_one_are_bundled_too() throws IOException {
    GitRepository repository = history();
    repository.git("clone", "-q", "--bare", ".", folder.resolve("bare.git").toString());
    repository.git(
        "clone",
        "-q",
        "--depth=1",
        "file://" + repository.path(),
        folder.resolve("shallow").toString());
    List<TargetRow> rows = manifest("bare.git", "shallow");
    assertThat(unbundle(rows.get(1)).resolve("a.txt")).hasContent("two\n");
    assertThat(talk).isEmpty();
  }

  @Test
  void uncommitted_changes_are_not_reviewed_and_that_is_said() throws IOException {
    history().write("a.txt", "three\n");
    assertThat(unbundle(manifest("app").get(0)).resolve("a.txt")).hasContent("two\n");
    assertThat(talk).hasSize(1);
    assertThat(talk.get(0)).contains("'app' has uncommitted changes: they are not reviewed");
  }

  @Test
  void a_new_file_counts_as_uncommitted_unless_it_is_ignored() {
    GitRepository repository = history();
    repository.write(".gitignore", "*.log\n").commit("third");
    repository.write("x.log", "x");
    manifest("app");
    assertThat(talk).isEmpty();
    repository.write("new.txt", "x");
    rows("other-batch", null, "app");
    assertThat(talk).hasSize(1);
  }

  @Test
  void settings_of_the_repository_run_nothing() throws IOException {
    GitRepository repository = history();
    Path trap = folder.resolve("trap");
    String touch = "touch " + trap + "; cat";
    repository.git("config", "core.fsmonitor", touch);
    repository.git("config", "filter.evil.clean", touch);
    repository.git("config", "filter.evil.smudge", touch);
    repository.git("config", "uploadpack.packObjectsHook", touch);
    repository.git("config", "core.sshCommand", touch);
    repository.write(".git/info/attributes", "* filter=evil\n").write("a.txt", "changed\n");
    Path hook = repository.path().resolve(".git/hooks/post-index-change");
    Files.writeString(hook, "#!/bin/sh\n" + touch + "\n");
    assertThat(hook.toFile().setExecutable(true)).isTrue();
    assertThat(unbundle(manifest("app").get(0)).resolve("a.txt")).hasContent("two\n");
    assertThat(trap).doesNotExist();
  }

  @Test
  void names_with_spaces_colons_and_leading_dashes_are_names() throws IOException {
    GitRepository repository = GitRepository.init(folder.resolve("-my: app ü"));
    repository.write("a.txt", "x\n").commit("first");
    TargetRow row = manifest("./-my: app ü").get(0);
    assertThat(unbundle(row).resolve("a.txt")).hasContent("x\n");
  }

  @Test
  void a_path_without_what_was_asked_for_is_a_row_with_its_cause() {
    history();
    GitRepository.init(folder.resolve("new"));
    List<TargetRow> rows = manifest("new", "app", "app@absent#sub", "app#absent");
    assertThat(rows)
        .extracting(TargetRow::kind)
        .containsExactly(
            TargetKind.UNUSABLE, TargetKind.BUNDLE, TargetKind.UNUSABLE, TargetKind.UNUSABLE);
    assertThat(rows)
        .extracting(TargetRow::cause)
        .containsExactly("repository_empty", null, "git_not_found", "git_not_found");
    TargetRow lacking = rows.get(2);
    assertThat(lacking.problem())
        .isEqualTo("'app@absent#sub' has no branch, tag or commit 'absent'");
    assertThat(lacking.ref()).isEqualTo("absent");
    assertThat(lacking.subpath()).isEqualTo("sub");
    assertThat(lacking.name()).isEqualTo("app");
    assertThat(lacking.bundle()).isNull();
  }

  @Test
  void a_batch_of_nothing_but_unusable_paths_has_its_manifest() {
    GitRepository.init(folder.resolve("new"));
    assertThat(manifest("new")).extracting(TargetRow::cause).containsExactly("repository_empty");
  }

  @Test
  void rows_are_in_the_order_of_the_input_and_urls_stay_urls() {
    history();
    List<TargetRow> rows = manifest("owner/name@v1#server", "app", "git@host.example:o/r.git");
    assertThat(rows).extracting(TargetRow::index).containsExactly(0, 1, 2);
    assertThat(rows.get(0).url()).isEqualTo("https://github.com/owner/name");
    assertThat(rows.get(0).ref()).isEqualTo("v1");
    assertThat(rows.get(0).subpath()).isEqualTo("server");
    assertThat(rows.get(2).host()).isEqualTo("host.example");
  }

  @Test
  void names_with_every_odd_character_come_through_to_the_page() throws IOException {
    String name = "...%41 \"a\" 'b' #1 @2 &$(x);\\ ünï 日本 \uD83D\uDE80 e\u0301";
    String subpath = "a -dash/%2e . \"q\" 'x' ;$(y) ünï/ [a] {b} ~";
    String ref = "feat/ünï-\"q\"'%41;$(x)";
    GitRepository repository = GitRepository.init(folder.resolve("clones/" + name));
    repository.write("./" + subpath + "/f", "x\n").commit("first");
    repository.git("branch", ref);

    TargetRow typed = manifest("clones/" + name + "@" + ref + "#./" + subpath).get(0);
    Files.writeString(
        folder.resolve("list.csv"),
        "url,ref,subpath\n"
            + java.util.stream.Stream.of("./clones/" + name, ref, "./" + subpath)
                .map(cell -> '"' + cell.replace("\"", "\"\"") + '"')
                .collect(java.util.stream.Collectors.joining(","))
            + "\n");
    TargetRow listed = rows("of-a-list", "list.csv").get(0);
    List<TargetRow> globbed = rows("of-a-glob", null, "clones#*/*/*");

    assertThat(typed.name()).isEqualTo(name);
    assertThat(typed.subpath()).isEqualTo(subpath);
    assertThat(typed.ref()).isEqualTo(ref);
    assertThat(typed.key()).matches("[a-z0-9][a-z0-9._-]*-[0-9a-f]{10}");
    assertThat(listed.key()).isEqualTo(typed.key());
    assertThat(listed.subpath()).isEqualTo(subpath);
    assertThat(globbed).extracting(TargetRow::subpath).containsExactly(subpath);
    assertThat(globbed.get(0).target()).isEqualTo("clones/" + name + "#" + subpath);
    assertThat(unbundle(listed).resolve(subpath + "/f")).hasContent("x\n");
  }

  @Test
  void rows_with_overrides_have_a_whole_plan_of_their_own_and_share_it() throws IOException {
    Files.writeString(
        folder.resolve("list.csv"),
        """
        url,model,budgetUsd,prompt
        o/a,,,
        o/b,small,0.5,
        o/c,small,0.50,
        o/d,,,Look only at {{subpath}}
        """);
    List<TargetRow> rows = rows("some-batch", "list.csv");
    assertThat(rows.get(0).plan()).isNull();
    TargetPlan own = Objects.requireNonNull(rows.get(1).plan());
    assertThat(rows.get(2).plan()).isEqualTo(own);
    assertThat(own.name()).isEqualTo("some plan");
    Plan plan = ArtifactJson.read(store(), own.uri(), Plan.class, 1 << 20);
    assertThat(plan.model()).isEqualTo("small");
    assertThat(plan.limits().budgetUsd()).isEqualTo(0.5);
    assertThat(plan.prompt()).isEqualTo(PLAN.prompt());
    Plan other =
        ArtifactJson.read(
            store(), Objects.requireNonNull(rows.get(3).plan()).uri(), Plan.class, 1 << 20);
    assertThat(other.prompt()).isEqualTo("Look only at {{subpath}}");
    assertThat(other.model()).isEqualTo("large");
  }

  @Test
  void folders_of_one_repository_share_its_bundle() {
    GitRepository app = GitRepository.init(folder.resolve("app"));
    app.write("s/a/f", "1").write("s/b/f", "2").commit("first");
    app.write("s/a/f", "changed");
    List<TargetRow> rows = manifest("app#s/*");
    assertThat(rows).extracting(TargetRow::subpath).containsExactly("s/a", "s/b");
    assertThat(rows.get(0).bundle()).isEqualTo(rows.get(1).bundle());
    assertThat(talk).filteredOn(line -> line.contains("uncommitted")).hasSize(1);
  }

  @Test
  void a_list_with_a_wrong_line_leaves_nothing_behind() {
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> manifest("o/r", "x y"))
        .isInstanceOf(TargetException.class);
    assertThat(folder.resolve("store")).doesNotExist();
  }
}
