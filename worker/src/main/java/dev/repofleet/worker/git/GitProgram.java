package dev.repofleet.worker.git;

import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.activity.HeldFolder;
import dev.repofleet.workflows.Cause;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code git} on a worker, in a temporary folder of its own that goes with it. It reads nobody's
 * configuration, follows no redirect, asks nobody, and is ended when it takes too long or tells too
 * much. For one thread; blocks.
 */
final class GitProgram implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final int MAX_ERRORS = 64 << 10;
  private static final long MAX_ERROR_FILE = 1L << 20;
  private static final long MAX_FOLDER = 2L << 30;
  private static final int LOOKS_BETWEEN = 10;

  /** With less of it Git's own words may have had no room either (observed, Git 2.39). */
  private static final long LEAST_ROOM = 1L << 20;

  /** The token stands in the environment of one process, never in a file or an argument. */
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

  private final HeldFolder held;
  private final Path folder;
  private final Runnable beat;

  /**
   * Makes the folder.
   *
   * @param beat is run while a command takes its time; what it throws ends the command
   */
  GitProgram(Runnable beat) {
    this.beat = beat;
    try {
      held = HeldFolder.make();
    } catch (IOException e) {
      throw withoutFolder(e);
    }
    folder = held.path();
    try {
      Files.createDirectory(folder.resolve("home"));
      Files.writeString(folder.resolve("askpass"), ASKPASS);
      Files.setPosixFilePermissions(
          folder.resolve("askpass"), PosixFilePermissions.fromString("rwx------"));
    } catch (IOException e) {
      held.close();
      throw withoutFolder(e);
    }
  }

  private static UncheckedIOException withoutFolder(IOException e) {
    return new UncheckedIOException(
        "no folder can be made for git in "
            + System.getProperty("java.io.tmpdir")
            + ": the worker needs rights and room there",
        e);
  }

  /** Where its commands run. */
  Path folder() {
    return folder;
  }

  /**
   * What a command came to.
   *
   * @param exitCode of Git
   * @param out file with its standard output, until the next command
   * @param err its standard error, the beginning
   * @param retryAfter the last such header of the host; absent when it sent none
   */
  record Answer(int exitCode, Path out, String err, @Nullable String retryAfter) {
    /** Its standard output, for what is known to be short. */
    String text() {
      try {
        // Names and a host's words need not be UTF-8.
        return new String(Files.readAllBytes(out), StandardCharsets.UTF_8).strip();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * A command.
   *
   * @param arguments behind {@code git}
   * @param variables in addition to those that all have
   * @param limit of time
   * @param maxOutput most bytes on standard output
   * @param maxMemory most bytes of its address space; 0: as many as it wants
   */
  record Command(
      List<String> arguments,
      Map<String, String> variables,
      Duration limit,
      long maxOutput,
      long maxMemory) {
    Command(List<String> arguments, Map<String, String> variables, Duration limit, long maxOutput) {
      this(arguments, variables, limit, maxOutput, 0);
    }

    /** Where no host is asked. */
    static Command local(Map<String, String> variables, String... arguments) {
      return new Command(List.of(arguments), variables, Duration.ofMinutes(5), 64L << 20);
    }
  }

  /** Runs a command that asks no host. */
  Answer run(Command command) {
    return run(command, null);
  }

  /**
   * Runs a command that asks this host alone, with its login.
   *
   * @throws io.temporal.failure.ApplicationFailure {@code git_transient} when it took too long,
   *     {@code repository_too_large} when it told too much, {@code internal} when the folder's disk
   *     is full
   */
  Answer run(Command command, @Nullable GitRemote remote) {
    try {
      ProcessBuilder builder =
          new ProcessBuilder(arguments(command, remote))
              .directory(folder.toFile())
              .redirectInput(new File("/dev/null"))
              .redirectOutput(folder.resolve("out").toFile())
              .redirectError(folder.resolve("err").toFile());
      environment(builder.environment(), command, remote);
      Process process = started(builder);
      try {
        await(process, command, remote);
      } finally {
        end(process);
      }
      Answer answer =
          new Answer(
              process.exitValue(),
              folder.resolve("out"),
              head(folder.resolve("err")),
              retryAfter(folder.resolve("trace")));
      requireRoom(answer, name(command, remote));
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "git can't be run in " + folder.getParent() + ": the worker needs rights and room there",
          e);
    }
  }

  static Process started(ProcessBuilder builder) {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "git can't be run ("
              + e.getMessage()
              + "): install Git on this worker and have it on the worker's PATH",
          e);
    }
  }

  private static List<String> arguments(Command command, @Nullable GitRemote remote) {
    List<String> argv = new ArrayList<>();
    if (command.maxMemory() > 0) {
      argv.addAll(
          List.of("sh", "-c", "ulimit -v " + (command.maxMemory() >> 10) + "; exec \"$@\"", "sh"));
    }
    argv.addAll(List.of("git", "-c", "http.followRedirects=false"));
    argv.addAll(List.of("-c", "credential.helper=", "-c", "protocol.version=2"));
    argv.addAll(List.of("-c", "fetch.unpackLimit=1", "-c", "core.bigFileThreshold=32m"));
    // Names that are .git to other systems are .git here.
    argv.addAll(List.of("-c", "core.protectHFS=true", "-c", "core.protectNTFS=true"));
    if (remote != null && remote.pinned() != null) {
      argv.addAll(List.of("-c", "http.curloptResolve=" + remote.pinned()));
    }
    argv.addAll(command.arguments());
    return argv;
  }

  private void environment(
      Map<String, String> variables, Command command, @Nullable GitRemote remote)
      throws IOException {
    String path = variables.getOrDefault("PATH", "/usr/bin:/bin");
    variables.clear();
    variables.put("PATH", path);
    variables.put("HOME", folder.resolve("home").toString());
    variables.put("LC_ALL", "C");
    variables.put("GIT_CONFIG_GLOBAL", "/dev/null");
    variables.put("GIT_CONFIG_NOSYSTEM", "1");
    variables.put("GIT_CEILING_DIRECTORIES", String.valueOf(folder.getParent()));
    variables.put("GIT_ALLOW_PROTOCOL", remote == null ? "" : remote.protocols());
    variables.put("GIT_TERMINAL_PROMPT", "0");
    if (remote != null) {
      // Headers without bodies: the only way to learn Retry-After. Git leaves out the login.
      Files.deleteIfExists(folder.resolve("trace"));
      variables.put("GIT_TRACE_CURL", folder.resolve("trace").toString());
      variables.put("GIT_TRACE_CURL_NO_DATA", "1");
      variables.put("GIT_TRACE_REDACT", "1");
    }
    GitLogin login = remote == null ? null : remote.login();
    if (login != null) {
      variables.put("GIT_ASKPASS", folder.resolve("askpass").toString());
      variables.put("RF_GIT_USER", login.user());
      variables.put("RF_GIT_TOKEN", login.token());
    }
    variables.putAll(command.variables());
  }

  private void await(Process process, Command command, @Nullable GitRemote remote)
      throws IOException {
    long deadline = System.nanoTime() + command.limit().toNanos();
    String name = name(command, remote);
    try {
      for (int look = 1; !process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS); look++) {
        beat.run();
        requireFew(command, name);
        if (look % LOOKS_BETWEEN == 0) {
          requireSmall(name);
        }
        if (System.nanoTime() - deadline > 0) {
          throw FailureMapper.failure(
              Cause.GIT_TRANSIENT,
              "%s: %s did not answer in %d s"
                  .formatted(
                      name, remote == null ? "git" : remote.host(), command.limit().toSeconds()),
              null);
        }
      }
      requireFew(command, name);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw FailureMapper.failure(
          Cause.GIT_TRANSIENT, name + ": the worker stopped while git was at work", null);
    }
  }

  private static String name(Command command, @Nullable GitRemote remote) {
    return remote == null ? "git " + command.arguments().get(0) : remote.name();
  }

  /** What fails on a full disk says nothing of the host, nor of what was to be done. */
  private void requireRoom(Answer answer, String name) throws IOException {
    if (answer.exitCode() != 0
        && (GitFailures.tellsOfFullDisk(answer.err())
            || Files.getFileStore(folder).getUsableSpace() < LEAST_ROOM)) {
      throw FailureMapper.passing(
          Cause.INTERNAL,
          name + ": no space is left for git on the worker: make room in " + folder.getParent(),
          null);
    }
  }

  /** A host's words come on standard error, as many as it likes. */
  private void requireFew(Command command, String name) throws IOException {
    if (Files.size(folder.resolve("out")) > command.maxOutput()
        || Files.size(folder.resolve("err")) > Math.max(command.maxOutput(), MAX_ERROR_FILE)) {
      throw FailureMapper.failure(
          Cause.REPOSITORY_TOO_LARGE,
          name + ": git tells more than " + command.maxOutput() + " bytes",
          null);
    }
  }

  /** A host may send without end, or what swells; the starter has the same limit. */
  private void requireSmall(String name) throws IOException {
    long[] bytes = {0};
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes[0] += attributes.size();
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException gone) {
            return FileVisitResult.CONTINUE;
          }
        });
    if (bytes[0] > MAX_FOLDER) {
      throw FailureMapper.failure(
          Cause.REPOSITORY_TOO_LARGE,
          name + ": the host sends more than " + (MAX_FOLDER >> 20) + " MiB for one commit",
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

  @Override
  public void close() {
    held.close();
  }
}
