package dev.repofleet.worker.git;

import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.forge.Access;
import dev.repofleet.worker.git.GitProgram.Answer;
import dev.repofleet.worker.git.GitProgram.Command;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.workflows.Cause;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A fresh, bare, shallow clone of one commit on a worker, in which a patch becomes a commit that
 * can be pushed. Nothing is ever checked out, so that no file, link or filter of the repository
 * acts here. For one thread; closing removes it.
 *
 * <p>The same patch, message and time give the same commit each time, so that a push that is tried
 * again changes nothing.
 */
public final class PatchClone implements AutoCloseable {
  private static final Duration FETCH = Duration.ofMinutes(15);
  private static final Duration ASK = Duration.ofSeconds(45);
  private static final long SHORT = 1L << 20;
  private static final long MAX_CHANGES = 64L << 20;

  /**
   * A patch of a few megabytes may stand for a gigabyte of zeros, which Git would hold in memory;
   * the largest patch that is kept, and what Git itself takes, fit in.
   */
  private static final long APPLY_MEMORY = 512L << 20;

  /** Longest target of a symbolic link that is read; the kernel's own limit. */
  private static final long MAX_LINK = 4_096;

  /** Modes and hashes before and after, and a letter. */
  private static final int CHANGE_FIELDS = 5;

  private final GitProgram git;
  private final GitRemote remote;
  private final KnownSecrets secrets;

  /**
   * For a repository; asks its host nothing yet.
   *
   * @param name of the target, for messages
   * @param access that the login is for
   * @param hosts that may be asked, and their logins
   * @param secrets of the worker, kept out of messages
   * @param beat is run while Git works
   * @throws io.temporal.failure.ApplicationFailure when the host may not be asked, or gives no
   *     login
   */
  public PatchClone(
      String name, String url, Access access, GitHosts hosts, KnownSecrets secrets, Runnable beat) {
    this.remote = hosts.admit(name, url, access);
    this.secrets = remote.with(secrets);
    this.git = new GitProgram(beat);
  }

  /**
   * One file that the patch changes.
   *
   * @param path from the repository's root
   * @param oldMode Git's mode before, {@code 000000} when it is new
   * @param newMode Git's mode after, {@code 000000} when it is deleted
   * @param blob hash of what it is after
   */
  public record Change(String path, String oldMode, String newMode, String blob) {}

  /**
   * The commit that a branch of the host has.
   *
   * @param branch without {@code refs/heads/}
   */
  public Optional<String> branch(String branch) {
    String ref = "refs/heads/" + branch;
    Answer answer =
        git.run(
            new Command(
                List.of("ls-remote", "--quiet", "--", remote.url(), ref), Map.of(), ASK, SHORT),
            remote);
    require(answer);
    return answer
        .text()
        .lines()
        .filter(line -> line.endsWith("\t" + ref))
        .map(line -> line.substring(0, line.indexOf('\t')))
        .findFirst();
  }

  /**
   * Fetches the commit and applies the patch to its tree.
   *
   * @param patch file
   */
  public Applied apply(String commit, Path patch) {
    String format = commit.length() > 40 ? "sha256" : "sha1";
    requireLocal(
        git.run(
            Command.local(
                Map.of(),
                "init",
                "--quiet",
                "--bare",
                "--template=",
                "--object-format=" + format,
                directory().toString())));
    fetch(commit);
    requireLocal(local("read-tree", commit));
    Answer applied =
        git.run(
            new Command(
                List.of(
                    "-c",
                    "core.packedGitWindowSize=16m",
                    "-c",
                    "core.packedGitLimit=64m",
                    "apply",
                    "--cached",
                    "--whitespace=nowarn",
                    "--",
                    patch.toString()),
                variables(),
                FETCH,
                SHORT,
                APPLY_MEMORY));
    return applied.exitCode() == 0
        ? new Applied(requireLocal(local("write-tree")).text(), "")
        : new Applied(null, GitFailures.quoted(applied.err(), secrets));
  }

  /**
   * What came of a patch.
   *
   * @param tree hash; absent when the patch does not fit the commit, or takes too much memory
   * @param told by Git about why not, in one line
   */
  public record Applied(@Nullable String tree, String told) {}

  private void fetch(String commit) {
    require(
        git.run(
            new Command(
                List.of("fetch", "--quiet", "--depth=1", "--no-tags", "--", remote.url(), commit),
                Map.of("GIT_DIR", directory().toString()),
                FETCH,
                SHORT),
            remote));
  }

  /** What differs between a commit and a tree, without looking for renames. */
  public List<Change> changes(String commit, String tree) {
    Answer answer =
        git.run(
            new Command(
                List.of(
                    "diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", commit, tree),
                variables(),
                ASK,
                MAX_CHANGES));
    requireLocal(answer);
    try {
      return changes(Files.readString(answer.out(), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads what {@code git diff-tree -z --raw} prints, a character a byte.
   *
   * @throws IllegalStateException when it is none of that
   */
  static List<Change> changes(String printed) {
    List<Change> changes = new ArrayList<>();
    String[] parts = printed.split("\0", -1);
    for (int i = 0; i + 1 < parts.length; i += 2) {
      String[] fields = parts[i].split(" ", -1);
      if (fields.length != CHANGE_FIELDS || !fields[0].startsWith(":")) {
        throw new IllegalStateException("git diff-tree prints what is no change");
      }
      String path =
          new String(parts[i + 1].getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
      changes.add(new Change(path, fields[0].substring(1), fields[1], fields[3]));
    }
    return changes;
  }

  /** The tree of a commit that the host has. */
  public String treeOf(String commit) {
    fetch(commit);
    return requireLocal(local("rev-parse", commit + "^{tree}")).text();
  }

  /** Where a symbolic link leads. */
  public String linkTarget(Change link) {
    Answer answer =
        git.run(new Command(List.of("cat-file", "blob", link.blob()), variables(), ASK, MAX_LINK));
    return requireLocal(answer).text();
  }

  /**
   * Makes the commit.
   *
   * @param author both author and committer
   * @return its hash
   */
  public String commit(String parent, String tree, String message, Author author, Instant at) {
    Path text = git.folder().resolve("message");
    try {
      Files.writeString(text, message);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> variables = new HashMap<>(variables());
    String date = at.getEpochSecond() + " +0000";
    for (String role : List.of("AUTHOR", "COMMITTER")) {
      variables.put("GIT_" + role + "_NAME", author.name());
      variables.put("GIT_" + role + "_EMAIL", author.email());
      variables.put("GIT_" + role + "_DATE", date);
    }
    return requireLocal(
            git.run(
                new Command(
                    List.of("commit-tree", tree, "-p", parent, "-F", text.toString()),
                    variables,
                    ASK,
                    SHORT)))
        .text();
  }

  /** Who makes commits. */
  public record Author(String name, String email) {}

  /** What became of a push. */
  public sealed interface Pushed {
    /** The branch has the commit now. */
    record Done() implements Pushed {}

    /** Somebody was faster, or the host does not let it in, in its own words. */
    record Refused(String why) implements Pushed {}
  }

  /**
   * Makes the branch at the host, if it has none of that name yet.
   *
   * @throws io.temporal.failure.ApplicationFailure when the host does not answer, or refuses the
   *     login
   */
  public Pushed push(String commit, String branch) {
    String ref = "refs/heads/" + branch;
    Answer answer =
        git.run(
            new Command(
                List.of(
                    "push",
                    "--porcelain",
                    "--no-verify",
                    "--force-with-lease=" + ref + ":",
                    "--",
                    remote.url(),
                    commit + ":" + ref),
                Map.of("GIT_DIR", directory().toString()),
                FETCH,
                SHORT),
            remote);
    if (answer.exitCode() == 0) {
      return new Pushed.Done();
    }
    // Porcelain: "!<TAB>from:to<TAB>[remote rejected] (the host's words)".
    Optional<String> refused =
        answer.text().lines().filter(line -> line.startsWith("!\t")).findFirst();
    if (refused.isPresent()) {
      String[] fields = refused.get().split("\t", -1);
      String told =
          answer
              .err()
              .lines()
              .filter(line -> line.startsWith("remote: error:"))
              .map(line -> line.substring("remote: error:".length()).strip())
              .reduce((one, other) -> one + " " + other)
              .orElse("");
      return new Pushed.Refused(
          GitFailures.quoted(fields[fields.length - 1] + " " + told, secrets));
    }
    throw failure(answer);
  }

  private Answer local(String... arguments) {
    return git.run(Command.local(variables(), arguments));
  }

  private Map<String, String> variables() {
    return Map.of(
        "GIT_DIR", directory().toString(),
        "GIT_INDEX_FILE", git.folder().resolve("index").toString());
  }

  private Path directory() {
    return git.folder().resolve("repository.git");
  }

  private Answer requireLocal(Answer answer) {
    if (answer.exitCode() != 0) {
      throw FailureMapper.passing(
          Cause.INTERNAL,
          remote.name() + ": git fails on the worker: " + GitFailures.quoted(answer.err(), secrets),
          null);
    }
    return answer;
  }

  private void require(Answer answer) {
    if (answer.exitCode() != 0) {
      throw failure(answer);
    }
  }

  private RuntimeException failure(Answer answer) {
    return GitFailures.of(remote, answer.err(), answer.retryAfter(), secrets);
  }

  @Override
  public void close() {
    git.close();
  }
}
