package dev.repofleet.worker.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.worker.secrets.KnownSecrets;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class TreeScriptIT {
  @TempDir private Path folder;
  private Path repository;
  private String commit = "";
  private String commitTree = "";

  @BeforeEach
  void makeRepository() throws Exception {
    repository = folder.resolve("repo");
    Files.createDirectories(repository);
    TestGit.git(repository, "init", "-q");
    TestGit.write(repository.resolve("kept.txt"), "a\nb\nc\n");
    TestGit.write(repository.resolve("deleted.txt"), "gone\n");
    TestGit.write(repository.resolve("d/moved.txt"), "moved\n");
    TestGit.write(repository.resolve("tool.sh"), "#!/bin/sh\n");
    TestGit.write(repository.resolve("crlf.txt"), "a\r\nb\r\n");
    TestGit.write(repository.resolve("no-end"), "no line end");
    TestGit.write(repository.resolve(".gitignore"), "build/\n");
    Files.write(repository.resolve("data.bin"), noise(1));
    TestGit.git(repository, "add", "-A");
    TestGit.git(repository, "commit", "-q", "-m", "one");
  }

  private static byte[] noise(int seed) {
    byte[] bytes = new byte[5000];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private void keepBase() {
    commit = TestGit.git(repository, "rev-parse", "HEAD");
    commitTree = TestGit.git(repository, "rev-parse", "HEAD^{tree}");
    TestGit.git(folder, "clone", "-q", "--no-hardlinks", repository.toString(), "fresh");
    TestGit.Ended ended = TestGit.script(ShippedScript.TREE, variables(), "base");
    assertThat(ended.exitCode()).as(ended.toString()).isZero();
  }

  private Map<String, String> variables() {
    Map<String, String> variables = new HashMap<>();
    variables.put("RF_REPO", repository.toString());
    variables.put("RF_STATE", folder.resolve("state").toString());
    variables.put("RF_COMMIT", commit);
    variables.put("RF_MAX", "1000000");
    return variables;
  }

  /** What the script told, by kind. */
  private Map<String, List<String>> diff() {
    TestGit.Ended ended = TestGit.script(ShippedScript.TREE, variables(), "diff");
    assertThat(ended.exitCode()).as(ended.toString()).isZero();
    Map<String, List<String>> told = new HashMap<>();
    for (String record : ended.stdout().split("\0", -1)) {
      int space = Math.max(0, record.indexOf(' '));
      told.computeIfAbsent(record.substring(0, space), kind -> new ArrayList<>())
          .add(record.substring(space).strip());
    }
    return told;
  }

  private static String one(Map<String, List<String>> told, String kind) {
    assertThat(told.get(kind)).as(kind).hasSize(1);
    return told.get(kind).get(0);
  }

  private static Path patch(Map<String, List<String>> told) {
    String told1 = one(told, "patch");
    return Path.of(told1.substring(0, told1.lastIndexOf(' '))).resolve("patch");
  }

  private String appliedTree(Map<String, List<String>> told) {
    Path fresh = folder.resolve("fresh");
    TestGit.git(fresh, "read-tree", "HEAD"); // with the trees of the commit as they are
    TestGit.git(fresh, "apply", "--cached", patch(told).toString());
    return TestGit.git(fresh, "write-tree");
  }

  @Test
  void aBaseThatIsThereIsNotMadeAgainFromWhatAnAgentHasChanged() throws Exception {
    TestGit.write(repository.resolve(".git/review-ignored"), "kept.txt\n");
    keepBase();
    Path ignored = folder.resolve("state/base.git/review-ignored");
    assertThat(ignored).hasContent("kept.txt\n");
    assertThat(repository.resolve(".git/review-ignored")).doesNotExist();
    TestGit.write(repository.resolve("kept.txt"), "a\nB\nc\nd");

    TestGit.Ended late = TestGit.script(ShippedScript.TREE, variables(), "base");

    assertThat(late.exitCode()).as(late.toString()).isZero();
    assertThat(ignored).hasContent("kept.txt\n");
    assertThat(one(diff(), "changed")).isEqualTo("1");
  }

  @Test
  void nothingChangedIsAnEmptyPatchAndTheCommitsTree() {
    keepBase();
    Map<String, List<String>> told = diff();
    assertThat(one(told, "tree")).isEqualTo(commitTree);
    assertThat(one(told, "changed")).isEqualTo("0");
    assertThat(one(told, "patch")).endsWith(" 0");
  }

  /** As old tools wrote it: Git reads such a mode and writes another. */
  private void commitOfOldTools() {
    String old =
        "d=$(git cat-file tree HEAD:d | sed 's/100644 moved/100664 moved/'"
            + " | git hash-object -t tree --literally -w --stdin) &&"
            + " git ls-tree HEAD | sed \"s/tree [0-9a-f]*/tree $d/\" | git mktree";
    String tree = TestGit.run(repository, Map.of("LC_ALL", "C"), List.of("sh", "-c", old)).stdout();
    String as = TestGit.git(repository, "commit-tree", "-m", "old", tree.strip());
    TestGit.git(repository, "reset", "-q", "--hard", as);
  }

  /** Whether Git writes the folder's tree anew hangs on whether it had to look into the file. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTreeThatGitWritesOtherwiseIsNoChange(boolean lookedInto) throws Exception {
    commitOfOldTools();
    at(repository.resolve("d/moved.txt"), lookedInto);
    keepBase();

    Map<String, List<String>> none = diff();
    assertThat(one(none, "tree")).isEqualTo(commitTree);
    assertThat(one(none, "changed")).isEqualTo("0");
    assertThat(one(none, "patch")).endsWith(" 0");

    TestGit.write(repository.resolve("kept.txt"), "a\nb\nd\n");
    Map<String, List<String>> beside = diff();
    assertThat(one(beside, "changed")).isEqualTo("1");
    assertThat(appliedTree(beside)).isEqualTo(one(beside, "tree"));
  }

  /** Makes Git look into an unchanged file, or take it for unchanged. */
  private void at(Path file, boolean lookedInto) throws Exception {
    FileTime long1 = FileTime.from(Instant.now().minus(Duration.ofHours(1)));
    Files.setLastModifiedTime(file, long1);
    TestGit.git(repository, "update-index", "--refresh");
    if (lookedInto) {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    }
  }

  /** Runs the script with a Git that is killed, as for want of memory, at such a command. */
  private TestGit.Ended diffWithGitKilledAt(String command) throws Exception {
    keepBase();
    TestGit.write(repository.resolve("kept.txt"), "changed\n");
    Path git = folder.resolve("bin/git");
    TestGit.write(
        git,
        """
        #!/bin/sh
        case "$*" in *" $KILLED_AT"*) kill -KILL $$ ;; esac
        PATH=${PATH#*:}
        exec git "$@"
        """);
    Files.setPosixFilePermissions(git, PosixFilePermissions.fromString("rwxr-xr-x"));
    Map<String, String> variables = variables();
    variables.put("PATH", git.getParent() + ":" + System.getenv("PATH"));
    variables.put("KILLED_AT", command);
    return TestGit.script(ShippedScript.TREE, variables, "diff");
  }

  @Test
  void aGitThatIsKilledAtThePatchIsNoEmptyPatch() throws Exception {
    TestGit.Ended ended = diffWithGitKilledAt("diff-tree -r -p ");
    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.stderr()).contains("git wrote no patch of what has changed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"write-tree", "read-tree", "diff-tree -r -z", "update-index"})
  void aGitThatIsKilledAtTheTreeIsNoUnchangedTree(String command) throws Exception {
    TestGit.Ended ended = diffWithGitKilledAt(command);
    assertThat(ended.exitCode()).as(ended.toString()).isNotZero();
    assertThat(ended.stdout()).doesNotContain("patch ");
  }

  @Test
  void thePatchGivesTheSameTreeInAFreshClone() throws Exception {
    keepBase();
    TestGit.write(repository.resolve("kept.txt"), "a\nB\nc\nd");
    TestGit.write(repository.resolve("sub/new file"), "new\n");
    TestGit.write(repository.resolve("ümläut \"quoted\"\ttab\nline"), "odd\n");
    Files.delete(repository.resolve("deleted.txt"));
    Files.move(repository.resolve("d/moved.txt"), repository.resolve("elsewhere.txt"));
    Files.write(repository.resolve("data.bin"), noise(2));
    Files.setPosixFilePermissions(
        repository.resolve("tool.sh"), PosixFilePermissions.fromString("rwxr-xr-x"));
    TestGit.write(repository.resolve("crlf.txt"), "a\r\nb\r\nc\r\n");
    TestGit.write(repository.resolve("no-end"), "still no line end");
    Files.createSymbolicLink(repository.resolve("link"), Path.of("kept.txt"));
    TestGit.write(repository.resolve("empty"), "");
    // Staged, committed or not: only the files count. A lock left behind is in nobody's way.
    TestGit.git(repository, "add", "kept.txt");
    TestGit.git(repository, "commit", "-q", "-m", "by the agent");
    Files.createFile(repository.resolve(".git/index.lock"));
    Map<String, List<String>> told = diff();
    assertThat(one(told, "changed")).isEqualTo("12");
    assertThat(appliedTree(told)).isEqualTo(one(told, "tree"));
    assertThat(told).doesNotContainKeys("nested", "submodule", "ignored", "link");
  }

  @Test
  void aFileInThePlaceOfAFolderAndTheOtherWayRoundIsCarried() throws Exception {
    keepBase();
    Files.delete(repository.resolve("d/moved.txt"));
    Files.delete(repository.resolve("d"));
    TestGit.write(repository.resolve("d"), "a file now\n");
    Files.delete(repository.resolve("kept.txt"));
    TestGit.write(repository.resolve("kept.txt/inside"), "a folder now\n");
    Map<String, List<String>> told = diff();
    assertThat(appliedTree(told)).isEqualTo(one(told, "tree"));
  }

  @Test
  void nothingThatTheAgentConfiguredRuns() throws Exception {
    keepBase();
    Path mark = folder.resolve("ran");
    String evil = "touch " + mark + "; cat";
    for (String name :
        new String[] {
          "diff.external", "core.fsmonitor", "filter.evil.clean", "filter.evil.smudge",
          "filter.evil.process", "diff.evil.command", "diff.evil.textconv", "core.pager",
          "core.sshCommand", "core.editor", "gpg.program", "uploadpack.packObjectsHook"
        }) {
      TestGit.git(repository, "config", name, evil);
    }
    TestGit.git(repository, "config", "filter.evil.required", "true");
    TestGit.git(repository, "config", "core.hooksPath", hooks(mark).toString());
    TestGit.git(repository, "config", "core.worktree", folder.toString());
    TestGit.write(repository.resolve(".gitattributes"), "* filter=evil diff=evil\n");
    TestGit.write(repository.resolve(".git/info/attributes"), "* filter=evil diff=evil\n");
    TestGit.write(repository.resolve(".git/info/exclude"), "new.txt\n");
    TestGit.write(repository.resolve(".git/objects/info/alternates"), "/nowhere\n");
    TestGit.write(repository.resolve("new.txt"), "new\n");
    TestGit.write(repository.resolve("kept.txt"), "changed\n");
    nestedWithConfiguration(evil);
    Map<String, List<String>> told = diff();
    assertThat(mark).doesNotExist();
    assertThat(one(told, "changed")).isEqualTo("3");
    assertThat(told.get("nested")).containsExactly("nested");
    assertThat(appliedTree(told)).isEqualTo(one(told, "tree"));
  }

  private static Path hooks(Path mark) throws Exception {
    Path hooks = mark.resolveSibling("hooks");
    for (String name : new String[] {"post-index-change", "fsmonitor-watchman", "pre-commit"}) {
      TestGit.write(hooks.resolve(name), "#!/bin/sh\ntouch " + mark + "\n");
      Files.setPosixFilePermissions(
          hooks.resolve(name), PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    return hooks;
  }

  private void nestedWithConfiguration(String evil) throws Exception {
    Path nested = TestGit.repository(repository.resolve("nested"), Map.of("n.txt", "n\n"));
    TestGit.git(nested, "config", "core.fsmonitor", evil);
    TestGit.write(nested.resolve("n.txt"), "changed\n");
  }

  @Test
  void aSubmoduleOfTheCommitIsNeitherEnteredNorChanged() throws Exception {
    String link = TestGit.git(repository, "rev-parse", "HEAD");
    TestGit.git(repository, "update-index", "--add", "--cacheinfo", "160000," + link + ",sub");
    TestGit.git(repository, "commit", "-q", "-m", "with a submodule");
    Files.createDirectories(repository.resolve("sub"));
    keepBase();
    assertThat(one(diff(), "tree")).isEqualTo(commitTree);
    Path mark = folder.resolve("ran");
    Path sub = TestGit.repository(repository.resolve("sub"), Map.of("s.txt", "s\n"));
    TestGit.git(sub, "config", "core.fsmonitor", "touch " + mark);
    TestGit.write(sub.resolve("s.txt"), "changed\n");
    Map<String, List<String>> told = diff();
    assertThat(mark).doesNotExist();
    assertThat(one(told, "tree")).isEqualTo(commitTree);
    assertThat(told.get("submodule")).containsExactly("sub");
  }

  @Test
  void whatGitDoesNotAddIsNamedAndTheRestCarried() throws Exception {
    TestGit.write(
        repository.resolve(".gitattributes"), "*.utf16 text working-tree-encoding=UTF-16LE\n");
    for (String name : List.of("wrong.utf16", "right.utf16")) {
      Files.writeString(repository.resolve(name), "one\n", StandardCharsets.UTF_16LE);
    }
    TestGit.git(repository, "add", "-A");
    TestGit.git(repository, "commit", "-q", "-m", "with an encoding");
    keepBase();
    Files.writeString(repository.resolve("right.utf16"), "two\n", StandardCharsets.UTF_16LE);
    Files.write(repository.resolve("wrong.utf16"), new byte[] {0, (byte) 0xd8, 'A'});
    TestGit.write(repository.resolve("kept.txt"), "changed\n");
    Files.delete(repository.resolve("crlf.txt"));
    TestGit.run(repository, Map.of(), List.of("mkfifo", "crlf.txt"));
    Map<String, List<String>> told = diff();
    assertThat(told.get("unfit")).containsExactlyInAnyOrder("wrong.utf16", "crlf.txt");
    assertThat(TreeChanges.Told.parse(toldOfManyNested(), KnownSecrets.of(Map.of())).notes())
        .as("also where fifty others are to be named")
        .hasSize(50)
        .contains("file that Git does not add: wrong.utf16");
    assertThat(one(told, "changed")).isEqualTo("2");
    assertThat(Files.readString(patch(told))).contains("+changed", "+two").doesNotContain("wrong");
    assertThat(appliedTree(told)).isEqualTo(one(told, "tree"));
  }

  private String toldOfManyNested() throws Exception {
    for (int i = 0; i < 60; i++) {
      TestGit.repository(repository.resolve("nested/" + i), Map.of("a.txt", "a\n"));
    }
    return TestGit.script(ShippedScript.TREE, variables(), "diff").stdout();
  }

  @Test
  void whatGitDoesNotAddIsNoUnchangedTreeWhenItIsMoreThanCanBeNamed() throws Exception {
    for (int i = 0; i <= 50; i++) {
      TestGit.write(repository.resolve("many/" + i), "one\n");
    }
    TestGit.git(repository, "add", "-A");
    TestGit.git(repository, "commit", "-q", "-m", "with many files");
    keepBase();
    for (int i = 0; i <= 50; i++) {
      Files.delete(repository.resolve("many/" + i));
      TestGit.run(repository, Map.of(), List.of("mkfifo", "many/" + i));
    }
    TestGit.Ended ended = TestGit.script(ShippedScript.TREE, variables(), "diff");
    assertThat(ended.exitCode()).as(ended.toString()).isEqualTo(1);
    assertThat(ended.stderr()).contains("can only add regular files");
  }

  @Test
  void whatIsIgnoredAndWhatLeadsOutIsNamed() throws Exception {
    keepBase();
    TestGit.write(repository.resolve("build/out.o"), "object");
    Files.createSymbolicLink(repository.resolve("out"), Path.of("/etc/passwd"));
    Files.createSymbolicLink(repository.resolve("d/up"), Path.of("../../state"));
    Files.createSymbolicLink(repository.resolve("d/in"), Path.of("../kept.txt"));
    Map<String, List<String>> told = diff();
    assertThat(told.get("ignored")).containsExactly("build/");
    assertThat(told.get("link")).containsExactlyInAnyOrder("out", "d/up");
    assertThat(appliedTree(told)).isEqualTo(one(told, "tree"));
  }

  @Test
  void itDoesNotNeedTheAgentsGitFolder() throws Exception {
    keepBase();
    TestGit.run(folder, Map.of(), List.of("rm", "-rf", repository + "/.git"));
    TestGit.git(repository, "init", "-q");
    TestGit.write(repository.resolve("kept.txt"), "changed\n");
    Map<String, List<String>> told = diff();
    assertThat(one(told, "changed")).isEqualTo("1");
    TestGit.run(folder, Map.of(), List.of("rm", "-rf", repository + "/.git"));
    TestGit.write(repository.resolve(".git"), "gitdir: /nowhere\n");
    assertThat(one(diff(), "tree")).isEqualTo(one(told, "tree"));
  }

  @Test
  void filesCommittedAgainstTheirOwnAttributesAreNoChange() throws Exception {
    TestGit.write(repository.resolve(".gitattributes"), "*.norm text\n");
    TestGit.git(repository, "add", "-A");
    for (String name : new String[] {"x.norm", "y.norm"}) {
      TestGit.write(repository.resolve(name), "a\r\nb\r\n");
      String blob = TestGit.git(repository, "hash-object", "-w", "--no-filters", name);
      TestGit.git(
          repository, "update-index", "--add", "--cacheinfo", "100644," + blob + "," + name);
    }
    TestGit.git(repository, "commit", "-q", "-m", "not normalised");
    keepBase();
    assertThat(one(diff(), "tree")).isEqualTo(commitTree);
    TestGit.write(repository.resolve("x.norm"), "a\r\nb\r\nc\r\n");
    TestGit.write(repository.resolve("kept.txt"), "changed\n");
    Map<String, List<String>> told = diff();
    assertThat(one(told, "changed")).isEqualTo("2");
    assertThat(Files.readString(patch(told))).contains("x.norm").doesNotContain("y.norm");
  }

  @Test
  void aPatchIsCutAtItsBound() throws Exception {
    keepBase();
    TestGit.write(repository.resolve("large.txt"), "line\n".repeat(300_000));
    Map<String, List<String>> told = diff();
    assertThat(one(told, "patch")).endsWith(" 1000001");
    assertThat(Files.size(patch(told))).isEqualTo(1_000_001);
  }

  @Test
  void aLinkInThePlaceOfTheFolderIsNotFollowed() throws Exception {
    keepBase();
    Files.move(repository, folder.resolve("away"));
    Files.createSymbolicLink(repository, Path.of("/etc"));
    assertThat(TestGit.script(ShippedScript.TREE, variables(), "diff").exitCode()).isEqualTo(30);
  }

  @Test
  void linesAreCountedAtTheCommitWhateverTheAgentMadeOfIt() throws Exception {
    keepBase();
    TestGit.write(repository.resolve("kept.txt"), "x\n".repeat(100));
    TestGit.run(folder, Map.of(), List.of("rm", "-rf", repository + "/.git"));
    String[] asked = {"look", "kept.txt", "no-end", "d", "../x", "none", "crlf.txt"};
    assertThat(TestGit.script(ShippedScript.COMMIT_FILES, variables(), asked).stdout())
        .isEqualTo("blob 6\nblob 11\ntree\nmissing\nmissing\nblob 6\n");
    String[] counted = {"count", "kept.txt", "no-end", "crlf.txt"};
    assertThat(TestGit.script(ShippedScript.COMMIT_FILES, variables(), counted).stdout())
        .isEqualTo("3\n1\n2\n");
    String[] read = {"read", "kept.txt", "no-end"};
    assertThat(TestGit.script(ShippedScript.COMMIT_FILES, variables(), read).stdout())
        .matches("[0-9a-f]{40} blob 6\na\nb\nc\n\n[0-9a-f]{40} blob 11\nno line end\n");
  }
}
