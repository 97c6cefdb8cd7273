package dev.repofleet.e2b.local.memory;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.machine.DirectoryLooks;
import dev.repofleet.e2b.local.machine.SandboxFiles;
import dev.repofleet.e2b.local.machine.SandboxPaths;
import dev.repofleet.e2b.local.simulated.FileFault;
import dev.repofleet.e2b.local.simulated.FileInfo;
import dev.repofleet.e2b.local.simulated.MemoryFiles;
import dev.repofleet.e2b.local.wire.Redaction;
import dev.repofleet.e2b.local.wire.RpcCode;
import dev.repofleet.e2b.local.wire.RpcException;
import dev.repofleet.e2b.local.wire.Wire;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Files in memory, with envd's words. Thread-safe. */
final class MemorySandboxFiles implements SandboxFiles {
  private static final String MODE_LETTERS = "rwxrwxrwx";

  private final MemoryFiles files;
  private final String user;

  MemorySandboxFiles(MemoryFiles files, String user) {
    this.files = files;
    this.user = user;
  }

  @Override
  public ObjectNode stat(String path) {
    FileInfo info =
        guarded(() -> files.stat(path))
            .orElseThrow(
                () -> new RpcException(RpcCode.NOT_FOUND, shown(path) + " does not exist"));
    return entry(info);
  }

  @Override
  public ObjectNode makeDirectory(String path) {
    if (files.stat(path).filter(FileInfo::directory).isPresent()) {
      throw new RpcException(RpcCode.ALREADY_EXISTS, shown(path) + " already exists");
    }
    run(() -> files.makeDirectories(path, user));
    return stat(path);
  }

  @Override
  public ObjectNode move(String source, String destination) {
    run(() -> files.move(source, destination, user));
    return stat(destination);
  }

  @Override
  public void remove(String path) {
    if (path.equals("/")) {
      throw new RpcException(RpcCode.INVALID_ARGUMENT, "the root directory can't be removed");
    }
    run(() -> files.remove(path, user));
  }

  @Override
  public List<ObjectNode> list(String path, int depth) {
    return guarded(() -> files.list(path, depth, user)).stream()
        .map(MemorySandboxFiles::entry)
        .toList();
  }

  @Override
  public Reading read(String path, long first, long last) {
    byte[] all = guarded(() -> files.read(path, user));
    int from = (int) (first < 0 ? Math.max(0, all.length - last) : Math.min(first, all.length));
    int to = first < 0 || last < 0 ? all.length : (int) Math.min(last + 1, all.length);
    int count = Math.max(0, to - from);
    return new Reading(
        all.length, from, count, new ByteArrayInputStream(all, from, count), () -> {});
  }

  /** What comes is written when it is whole. */
  @Override
  public Writing write(String path) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    return new Writing() {
      @Override
      public OutputStream content() {
        return content;
      }

      @Override
      public void finish() {
        run(() -> files.write(path, content.toByteArray(), user));
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void compose(List<String> sources, String destination) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    sources.forEach(source -> whole.writeBytes(guarded(() -> files.read(source, user))));
    run(() -> files.write(destination, whole.toByteArray(), user));
    sources.stream().filter(source -> !source.equals(destination)).forEach(this::remove);
  }

  @Override
  public DirectoryLooks watch(String path, boolean recursive) {
    int depth = recursive ? Integer.MAX_VALUE : 1;
    list(path, depth);
    return new DirectoryLooks() {
      @Override
      public Map<String, Seen> look() {
        Map<String, Seen> seen = new LinkedHashMap<>();
        if (files.exists(path)) {
          int below = path.equals("/") ? 1 : path.length() + 1;
          for (ObjectNode entry : list(path, depth)) {
            seen.put(entry.path("path").asText().substring(below), Seen.of("", entry));
          }
        }
        return seen;
      }

      @Override
      public void close() {}
    };
  }

  private static void run(Runnable operation) {
    guarded(
        () -> {
          operation.run();
          return "";
        });
  }

  private static <T> T guarded(Supplier<T> operation) {
    try {
      return operation.get();
    } catch (FileFault refused) {
      throw new RpcException(code(refused.kind()), Redaction.printable(refused.getMessage() + ""));
    }
  }

  private static RpcCode code(FileFault.Kind kind) {
    return switch (kind) {
      case MISSING -> RpcCode.NOT_FOUND;
      case EXISTS -> RpcCode.ALREADY_EXISTS;
      case NOT_A_DIRECTORY, IS_A_DIRECTORY -> RpcCode.INVALID_ARGUMENT;
      case DENIED -> RpcCode.PERMISSION_DENIED;
    };
  }

  private static String shown(String path) {
    return "path '" + Redaction.printable(path) + "'";
  }

  /** envd's EntryInfo (E2B contract, 5.1). */
  private static ObjectNode entry(FileInfo info) {
    StringBuilder permissions = new StringBuilder(info.directory() ? "d" : "-");
    for (int index = 0; index < MODE_LETTERS.length(); index++) {
      boolean set = (info.mode() >> (MODE_LETTERS.length() - 1 - index) & 1) != 0;
      permissions.append(set ? MODE_LETTERS.charAt(index) : '-');
    }
    return Wire.object()
        .put("name", SandboxPaths.name(info.path()))
        .put("type", info.directory() ? "FILE_TYPE_DIRECTORY" : "FILE_TYPE_FILE")
        .put("path", info.path())
        .put("size", Long.toString(info.size()))
        .put("mode", info.mode())
        .put("permissions", permissions.toString())
        .put("owner", info.owner())
        .put("group", info.owner())
        .put("modifiedTime", info.modified().toString());
  }
}
