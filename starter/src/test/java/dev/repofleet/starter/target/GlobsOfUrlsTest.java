package dev.repofleet.starter.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.target.CanonicalTarget;
import dev.repofleet.artifacts.target.TargetParser;
import dev.repofleet.artifacts.target.TargetSpec;
import dev.repofleet.forge.fake.GitHost;
import dev.repofleet.starter.testing.GitRepository;
import dev.repofleet.starter.testing.TestProgram;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders of repositories on a host: the real Git on both sides, over http on loopback. */
class GlobsOfUrlsTest {
  @TempDir Path folder = Path.of("");

  private final List<String> talk = new ArrayList<>();
  private GitHost host = new GitHost(folder);
  private TestProgram program = new TestProgram(folder);

  @BeforeEach
  void publish() {
    host.close();
    host = new GitHost(folder.resolve("host"));
    program = new TestProgram(folder).with("REPOFLEET_GIT_HOSTS", host.address());
    GitRepository app = GitRepository.init(folder.resolve("app"));
    app.write("services/a/x.py", "x\n").write("services/b/x.py", "x\n");
    app.write("services/.hidden/x", "x\n").write("docs/api/x.md", "x\n");
    app.commit("first");
    app.git("branch", "v1");
    app.write("services/c/api/x.py", "x\n").commit("second");
    app.git("tag", "-a", "-m", "two", "v2");
    // A branch and a tag of one name: workers take the branch.
    app.git("tag", "v1", "HEAD");
    host.add(app.path(), "app.git");
    new GitRepository(folder.resolve("host/app.git"))
        .git("config", "uploadpack.allowFilter", "true");
    host.add(app.path(), "plain.git");
  }

  @AfterEach
  void stop() {
    host.close();
  }

  private List<String> read(boolean skipInvalid, String... targets) {
    List<String> read = new ArrayList<>();
    try (WantedTargets wanted =
        new TargetReader(program.context(), talk::add, TargetFilter.ALL, skipInvalid)
            .read(List.of(targets), null)) {
      wanted.forEach(
          target -> {
            assertThat(target.commit()).isNull();
            assertThat(target.spec().kind()).isEqualTo(TargetSpec.Kind.URL);
            read.add(target.spec().target().substring(host.url("").length()));
          });
    }
    return read;
  }

  private void refused(String target, String... parts) {
    assertThatThrownBy(() -> read(false, target))
        .isInstanceOf(TargetException.class)
        .hasMessageContainingAll(parts);
  }

  @Test
  void a_glob_is_each_folder_of_that_ref() {
    assertThat(read(false, host.url("app.git#services/*")))
        .containsExactly("app.git#services/a", "app.git#services/b", "app.git#services/c");
    assertThat(talk).containsExactly("'" + host.url("app.git#services/*") + "' is 3 folders");
    assertThat(read(false, host.url("app.git@v1#services/*")))
        .containsExactly("app.git@v1#services/a", "app.git@v1#services/b");
    assertThat(read(false, host.url("app.git@v2#**/api")))
        .containsExactly("app.git@v2#docs/api", "app.git@v2#services/c/api");
    String commit = new GitRepository(folder.resolve("app")).git("rev-parse", "refs/heads/v1");
    assertThat(read(false, host.url("app.git@refs/heads/v1#services/*"))).hasSize(2);
    assertThat(read(false, host.url("plain.git@" + commit + "#services/*"))).hasSize(2);
  }

  @Test
  void a_repository_and_ref_is_asked_for_once_and_no_file_is_fetched() {
    assertThat(
            read(
                false,
                host.url("app.git#services/*"),
                host.url("app.git/#**/api"),
                host.url("app.git#docs")))
        .hasSize(6);
    assertThat(host.requests()).filteredOn(path -> path.endsWith("/info/refs")).hasSize(1);

    try (RemoteCommits remotes = new RemoteCommits(program.context().environment())) {
      assertThat(objects(remotes, "app.git")).contains("tree").doesNotContain("blob");
    }
  }

  @Test
  void a_host_without_filters_sends_the_files_as_well() {
    assertThat(read(false, host.url("plain.git#services/*"))).hasSize(3);
    try (RemoteCommits remotes = new RemoteCommits(program.context().environment())) {
      assertThat(objects(remotes, "plain.git")).contains("blob");
    }
  }

  @Test
  void what_a_host_sends_stays_a_pack_however_little_it_is() {
    try (RemoteCommits remotes = new RemoteCommits(program.context().environment())) {
      TargetSpec spec = new TargetParser(typed -> false).parse(host.url("plain.git"));
      LocalCommit commit = remotes.find(spec, CanonicalTarget.ofUrl(spec.url()));

      assertThat(commit.repository().resolve("objects/pack")).isDirectoryContaining("glob:**.pack");
      assertThat(new GitRepository(commit.repository()).git("count-objects")).startsWith("0 ");
    }
  }

  private String objects(RemoteCommits remotes, String path) {
    TargetSpec spec = new TargetParser(typed -> false).parse(host.url(path));
    LocalCommit commit = remotes.find(spec, CanonicalTarget.ofUrl(spec.url()));
    return new GitRepository(commit.repository())
        .git("cat-file", "--batch-all-objects", "--batch-check");
  }

  @Test
  void what_is_wrong_names_the_target_the_cause_and_the_way_out() {
    refused(host.url("app.git#nothing/*"), "matches no folder in commit");
    refused(
        host.url("app.git@v9#services/*"),
        "the folders of '" + host.url("app.git@v9#services/*") + "' can't be looked up",
        "no branch, tag or commit 'v9'");
    refused(host.url("gone.git#*"), "there is no such repository", "write the folders one by one");
    refused(
        host.url("private/app.git#*"),
        "asks for a login",
        "`git ls-remote " + host.url("private/app.git") + "` must work without a question");
    GitRepository empty = GitRepository.init(folder.resolve("empty"));
    host.add(empty.path(), "empty.git");
    refused(host.url("empty.git#*"), "its default branch has no commit");
    program.with("REPOFLEET_GIT_HOSTS", "");
    refused(
        host.url("app.git#*"),
        "plain http is not used",
        "list " + host.address() + " in REPOFLEET_GIT_HOSTS");
  }

  @Test
  void the_others_go_on_and_a_host_is_not_asked_again_in_vain() {
    assertThat(
            read(
                true,
                host.url("gone.git#*"),
                host.url("gone.git#services/*"),
                host.url("app.git#docs/*")))
        .containsExactly("app.git#docs/api");
    assertThat(host.requests()).filteredOn(path -> path.startsWith("/gone.git/")).hasSize(1);
    assertThat(talk).contains("2 left out since they can't be used (--skip-invalid)");
  }

  @Test
  void the_settings_that_git_has_on_this_machine_count() {
    Path settings = folder.resolve("settings");
    new GitRepository(folder.resolve("app"))
        .git(
            "config",
            "--file",
            settings.toString(),
            "url." + host.url("app.git") + ".insteadOf",
            "http://code.example/app");
    program
        .with("GIT_CONFIG_GLOBAL", settings.toString())
        .with("REPOFLEET_GIT_HOSTS", "code.example:80");

    assertThat(read(false, "http://code.example/app#services/*")).hasSize(3);
  }
}
