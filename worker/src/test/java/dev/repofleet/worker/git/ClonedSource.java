package dev.repofleet.worker.git;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.workflows.activities.git.CloneOutcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A small repository behind a Git host, and the script that clones it, as a worker runs it. For one
 * test; closing it ends the host.
 */
final class ClonedSource implements AutoCloseable {
  private final Path folder;
  private final Path source;
  private final GitHttpServer server;
  private String commit;

  ClonedSource(Path folder) throws Exception {
    this.folder = folder;
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

  /** Where the host has it, with a working tree. */
  Path source() {
    return source;
  }

  /** Where the clone is. */
  Path repository() {
    return folder.resolve("home/repo");
  }

  /** The host's, as URLs have it. */
  String host() {
    return server.address();
  }

  /** That is cloned. */
  String commit() {
    return commit;
  }

  /** What is committed now is cloned from now on. */
  void takeCommit() {
    commit = TestGit.git(source, "rev-parse", "HEAD");
  }

  /** Those of a clone of what the host has at this path. */
  Map<String, String> variables(String path) {
    Map<String, String> variables = new HashMap<>();
    variables.put("RF_REPO", repository().toString());
    variables.put("RF_COMMIT", commit);
    variables.put("RF_REF", "refs/heads/main");
    variables.put("RF_URL", server.url(path));
    variables.put("RF_PROTOCOLS", "http:https");
    variables.put("RF_DEPTH", "1");
    variables.put("RF_LIMIT", "100000000");
    return variables;
  }

  TestGit.Ended clone(Map<String, String> variables) {
    return TestGit.script(ShippedScript.CLONE, variables);
  }

  /**
   * Clones the source.
   *
   * @param more variables, each name before its value
   */
  TestGit.Ended cloneOf(String... more) {
    Map<String, String> variables = variables("open/one/.git");
    for (int i = 0; i < more.length; i += 2) {
      variables.put(more[i], more[i + 1]);
    }
    return clone(variables);
  }

  /** Commits the source's working tree, and clones that. */
  TestGit.Ended cloneAgain(String... more) {
    TestGit.git(source, "add", "-A");
    TestGit.git(source, "commit", "-q", "-m", "again");
    takeCommit();
    return cloneOf(more);
  }

  CloneOutcome inventory(TestGit.Ended ended) {
    return CloneStep.inventory(ended.stdout(), store());
  }

  ArtifactStore store() {
    return ArtifactStores.open(folder.resolve("store").toString());
  }

  @Override
  public void close() {
    server.close();
  }
}
