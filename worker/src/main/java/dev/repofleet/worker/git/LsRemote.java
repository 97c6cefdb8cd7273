package dev.repofleet.worker.git;

import dev.repofleet.worker.FailureMapper;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.ResolveOutcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code git ls-remote}, the one Git command that runs on a worker. It reads no configuration,
 * follows no redirect, asks nobody, and is ended when it takes too long or tells too much.
 * Immutable, thread-safe; blocks.
 */
final class LsRemote {
  private static final Duration LIMIT = Duration.ofSeconds(45);
  private static final Duration LOOK = Duration.ofMillis(100);

  /** Some 800,000 refs. */
  private static final long MAX_OUTPUT = 64L << 20;

  private static final int MAX_ERRORS = 64 << 10;

  /** The token stands in this one process's environment, never in a file or an argument. */
  private static final String ASKPASS =
      """
      #!/bin/sh
      case $1 in
      Username*) printf %s "$RF_GIT_USER" ;;
      *) printf %s "$RF_GIT_TOKEN" ;;
      esac
      """;

  private static final Pattern RETRY_AFTER =
      Pattern.compile("(?im)Recv header:\\s*retry-after:\\s*(.+?)\\s*$");

  private final KnownSecrets secrets;
  private final Duration limit;

  LsRemote(KnownSecrets secrets) {
    this(secrets, LIMIT);
  }

  LsRemote(KnownSecrets secrets, Duration limit) {
    this.secrets = secrets;
    this.limit = limit;
  }

  /**
   * Asks the host which commit a ref is.
   *
   * @param ref short or full name, or a commit; absent means the default branch
   * @throws io.temporal.failure.ApplicationFailure by the table of Git's failures
   */
  ResolveOutcome resolve(GitRemote remote, @Nullable String ref) {
    Path folder = null;
    try {
      folder = Files.createTempDirectory("repofleet-git-");
      run(remote, folder);
      try (BufferedReader lines = Files.newBufferedReader(folder.resolve("out"))) {
        return RefAdvertisement.read(lines, ref).resolve(remote);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("git can't be run for " + remote.name(), e);
    } finally {
      remove(folder);
    }
  }

  private void run(GitRemote remote, Path folder) throws IOException {
    Files.createDirectory(folder.resolve("home"));
    Files.writeString(folder.resolve("askpass"), ASKPASS);
    Files.setPosixFilePermissions(
        folder.resolve("askpass"), PosixFilePermissions.fromString("rwx------"));
    ProcessBuilder builder =
        new ProcessBuilder(arguments(remote))
            .directory(folder.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("err").toFile());
    environment(builder.environment(), remote, folder);
    Process process = builder.start();
    try {
      await(process, folder.resolve("out"), remote);
    } finally {
      end(process);
    }
    if (process.exitValue() != 0) {
      throw GitFailures.of(
          remote,
          head(folder.resolve("err")),
          retryAfter(folder.resolve("trace")),
          remote.with(secrets));
    }
  }

  private static List<String> arguments(GitRemote remote) {
    List<String> argv = new ArrayList<>(List.of("git", "-c", "http.followRedirects=false"));
    argv.addAll(List.of("-c", "credential.helper=", "-c", "protocol.version=2"));
    if (remote.pinned() != null) {
      argv.addAll(List.of("-c", "http.curloptResolve=" + remote.pinned()));
    }
    argv.addAll(List.of("ls-remote", "--quiet", "--symref", "--", remote.url()));
    return argv;
  }

  private static void environment(Map<String, String> variables, GitRemote remote, Path folder) {
    String path = variables.getOrDefault("PATH", "/usr/bin:/bin");
    variables.clear();
    variables.put("PATH", path);
    variables.put("HOME", folder.resolve("home").toString());
    variables.put("LC_ALL", "C");
    variables.put("GIT_CONFIG_GLOBAL", "/dev/null");
    variables.put("GIT_CONFIG_NOSYSTEM", "1");
    variables.put("GIT_CEILING_DIRECTORIES", String.valueOf(folder.getParent()));
    variables.put("GIT_ALLOW_PROTOCOL", remote.protocols());
    variables.put("GIT_TERMINAL_PROMPT", "0");
    // Headers without bodies: the only way to learn Retry-After. Git leaves out the login.
    variables.put("GIT_TRACE_CURL", folder.resolve("trace").toString());
    variables.put("GIT_TRACE_CURL_NO_DATA", "1");
    variables.put("GIT_TRACE_REDACT", "1");
    GitLogin login = remote.login();
    if (login != null) {
      variables.put("GIT_ASKPASS", folder.resolve("askpass").toString());
      variables.put("RF_GIT_USER", login.user());
      variables.put("RF_GIT_TOKEN", login.token());
    }
  }

  private void await(Process process, Path output, GitRemote remote) throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      while (!process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
        if (Files.size(output) > MAX_OUTPUT) {
          throw FailureMapper.failure(
              Cause.REPOSITORY_TOO_LARGE,
              remote.name() + ": its list of refs is longer than " + (MAX_OUTPUT >> 20) + " MiB",
              null);
        }
        if (System.nanoTime() - deadline > 0) {
          throw FailureMapper.failure(
              Cause.GIT_TRANSIENT,
              remote.name()
                  + ": "
                  + remote.host()
                  + " did not answer in "
                  + limit.toSeconds()
                  + " s",
              null);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw FailureMapper.failure(
          Cause.GIT_TRANSIENT,
          remote.name() + ": the worker stopped while it asked the host",
          null);
    }
  }

  /** With its children: the one that speaks http outlives its parent. */
  private static void end(Process process) {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
  }

  private static String head(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(MAX_ERRORS), StandardCharsets.UTF_8);
    }
  }

  /** The last one: a login may have been asked for before. */
  private static @Nullable String retryAfter(Path trace) throws IOException {
    if (!Files.exists(trace)) {
      return null;
    }
    String last = null;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(trace), StandardCharsets.ISO_8859_1))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Matcher matcher = RETRY_AFTER.matcher(line);
        last = matcher.find() ? matcher.group(1) : last;
      }
    }
    return last;
  }

  private static void remove(@Nullable Path folder) {
    if (folder == null) {
      return;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // Small files of no worth in the temporary folder; the answer is what counts.
      folder.toFile().deleteOnExit();
    }
  }
}
