package dev.repofleet.e2b.local.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.machine.DirectoryLooks;
import dev.repofleet.e2b.local.machine.LinuxUser;
import dev.repofleet.e2b.local.machine.SandboxFiles;
import dev.repofleet.e2b.local.wire.Redaction;
import dev.repofleet.e2b.local.wire.RpcCode;
import dev.repofleet.e2b.local.wire.RpcException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * File operations of one sandbox: coreutils inside its namespaces, as the asking user, one process
 * tree a call. So the kernel decides where links and {@code ..} lead, and what may be read. Blocks.
 */
final class HostFiles implements SandboxFiles {
  /** Longer listings are refused rather than held. */
  private static final int LONGEST_LISTING = 32 * 1024 * 1024;

  /** Of a watch that goes down all directories. */
  private static final int DEEPEST = 100;

  private final SandboxRuntime runtime;
  private final LinuxUser user;

  HostFiles(SandboxRuntime runtime, LinuxUser user) {
    this.runtime = runtime;
    this.user = user;
  }

  /** A file that a process writes. */
  private record ProcessWriting(Process process, String path) implements Writing {
    @Override
    public OutputStream content() {
      return process.getOutputStream();
    }

    @Override
    public void finish() throws IOException {
      String answer;
      try {
        process.getOutputStream().close();
      } catch (IOException refusedEarly) {
        // The answer below says why.
      } finally {
        answer = firstLine(process.getInputStream());
      }
      check(answer, path);
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  @Override
  public ObjectNode stat(String path) throws IOException {
    return entry("stat", path, path, "");
  }

  @Override
  public ObjectNode makeDirectory(String path) throws IOException {
    return entry("mkdir", path, path, "");
  }

  @Override
  public ObjectNode move(String source, String destination) throws IOException {
    return entry("move", source, destination, runtime.toReal(destination));
  }

  @Override
  public void remove(String path) throws IOException {
    if (path.equals("/")) {
      throw new RpcException(RpcCode.INVALID_ARGUMENT, "the root directory can't be removed");
    }
    try (Running running = run("remove", path)) {
      check(running.answer(), path);
    }
  }

  @Override
  public List<ObjectNode> list(String path, int depth) throws IOException {
    try (Running running = run("list", path, Integer.toString(depth))) {
      check(running.answer(), path);
      byte[] listing = running.in().readNBytes(LONGEST_LISTING + 1);
      if (listing.length > LONGEST_LISTING) {
        throw new RpcException(
            RpcCode.RESOURCE_EXHAUSTED, "the listing is too long; ask for a smaller depth");
      }
      List<ObjectNode> entries = FileEntries.parse(listing, path);
      entries.sort(java.util.Comparator.comparing(entry -> entry.path("path").asText()));
      return entries;
    }
  }

  @Override
  public Reading read(String path, long first, long last) throws IOException {
    Running running = run("read", path, Long.toString(first), Long.toString(last));
    try {
      String[] words = check(running.answer(), path).split(" ", -1);
      return new Reading(
          Long.parseLong(words[1]),
          Long.parseLong(words[2]),
          Long.parseLong(words[3]),
          running.in(),
          running);
    } catch (RpcException | NumberFormatException refused) {
      running.close();
      throw refused;
    }
  }

  @Override
  public Writing write(String path) throws IOException {
    return new ProcessWriting(launch("write", path), path);
  }

  @Override
  public void compose(List<String> sources, String destination) throws IOException {
    String[] real = sources.stream().map(runtime::toReal).toArray(String[]::new);
    try (Running running = run("compose", destination, real)) {
      check(running.answer(), destination);
    }
  }

  @Override
  public DirectoryLooks watch(String path, boolean recursive) throws IOException {
    Process process = launch("watch", path, Integer.toString(recursive ? DEEPEST : 1));
    InputStream in = new BufferedInputStream(process.getInputStream(), 64 * 1024);
    try {
      check(firstLine(in), path);
    } catch (RpcException refused) {
      process.destroyForcibly();
      throw refused;
    }
    return new HostLooks(process, in, path);
  }

  private ObjectNode entry(String operation, String path, String result, String argument)
      throws IOException {
    try (Running running = run(operation, path, argument)) {
      check(running.answer(), path);
      List<ObjectNode> entries =
          FileEntries.parse(running.in().readNBytes(LONGEST_LISTING), result);
      if (entries.isEmpty()) {
        throw new RpcException(
            RpcCode.NOT_FOUND, "path '" + Redaction.printable(result) + "' was moved meanwhile");
      }
      return entries.get(0);
    }
  }

  private record Running(Process process, InputStream in, String answer) implements AutoCloseable {
    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  private Running run(String operation, String path, String... arguments) throws IOException {
    Process process = launch(operation, path, arguments);
    process.getOutputStream().close();
    InputStream in = new BufferedInputStream(process.getInputStream(), 64 * 1024);
    return new Running(process, in, firstLine(in));
  }

  private Process launch(String operation, String path, String... arguments) throws IOException {
    List<String> words = new ArrayList<>(runtime.enter(user));
    Collections.addAll(words, "/bin/sh", "-c", Scripts.FILES, "files", operation);
    words.add(runtime.toReal(path));
    Collections.addAll(words, arguments);
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().clear();
    builder.environment().putAll(Map.of("PATH", "/usr/bin:/bin", "LC_ALL", "C"));
    builder.directory(new File("/"));
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    return builder.start();
  }

  private static String firstLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = in.read();
    while (next >= 0 && next != '\n' && line.size() < 4096) {
      line.write(next);
      next = in.read();
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  private static String check(String answer, String path) {
    String shown = "path '" + Redaction.printable(path) + "'";
    String word = answer.split(" ", 2)[0];
    return switch (word) {
      case "ok" -> answer;
      case "missing" -> throw new RpcException(RpcCode.NOT_FOUND, shown + " does not exist");
      case "exists" -> throw new RpcException(RpcCode.ALREADY_EXISTS, shown + " already exists");
      case "notdirectory" ->
          throw new RpcException(RpcCode.INVALID_ARGUMENT, shown + " is not a directory");
      case "directory" ->
          throw new RpcException(RpcCode.INVALID_ARGUMENT, shown + " is a directory");
      case "irregular" ->
          throw new RpcException(RpcCode.INVALID_ARGUMENT, shown + " is not a regular file");
      case "denied" -> throw new RpcException(RpcCode.PERMISSION_DENIED, shown + " is not allowed");
      case "full" ->
          throw new RpcException(RpcCode.RESOURCE_EXHAUSTED, "no space is left for " + shown);
      case "failed" -> throw new RpcException(RpcCode.INTERNAL, Redaction.printable(answer));
      default ->
          throw new RpcException(
              RpcCode.UNAVAILABLE, "the sandbox did not answer; it may be ending");
    };
  }
}
