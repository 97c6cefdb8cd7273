package dev.repofleet.e2b;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The files of one sandbox, as one Linux user. Thread-safe; made by {@link Sandbox#files()}.
 *
 * <p>Relative paths and {@code ~} count from the user's home. Every method may throw {@link
 * SandboxUnavailableException} if the sandbox does not answer, {@link E2bTransportException} if the
 * connection fails, and {@link E2bInterruptedException} if the thread is interrupted.
 */
public final class Files {
  /** What {@link #read(String)} is ready to hold: 64 MiB. */
  public static final int DEFAULT_MAX_READ = 64 << 20;

  private final Envd envd;
  private final FileContents contents;

  Files(Envd envd) {
    this.envd = envd;
    this.contents = new FileContents(envd);
  }

  /**
   * Reads a whole file of at most 64 MiB.
   *
   * @throws NotFoundException if there is no such file
   * @throws FileTooLargeException if it is larger
   * @throws E2bStatusException if it is a directory or may not be read
   */
  public byte[] read(String path) {
    return read(path, DEFAULT_MAX_READ);
  }

  /**
   * Reads a whole file of at most {@code maxBytes}; no more than that is held in memory.
   *
   * @throws NotFoundException if there is no such file
   * @throws FileTooLargeException if it is larger
   * @throws E2bStatusException if it is a directory or may not be read
   */
  public byte[] read(String path, int maxBytes) {
    return contents.read(path, maxBytes);
  }

  /**
   * Reads a whole file of at most 64 MiB as UTF-8; what is not UTF-8 becomes the replacement
   * character.
   *
   * @throws NotFoundException if there is no such file
   * @throws FileTooLargeException if it is larger
   * @throws E2bStatusException if it is a directory or may not be read
   */
  public String readText(String path) {
    return new String(read(path), StandardCharsets.UTF_8);
  }

  /**
   * Reads a part of a file: what is there from {@code offset} on, at most {@code maxBytes}. At or
   * behind the file's end the part is empty; so a growing file is followed by asking again from
   * {@link FileRange#nextOffset()}.
   *
   * @throws NotFoundException if there is no such file
   * @throws E2bStatusException if it is a directory or may not be read
   */
  public FileRange readRange(String path, long offset, int maxBytes) {
    return contents.readRange(path, offset, maxBytes);
  }

  /**
   * Opens a file of any size. The stream must be closed; closing early ends the transfer. Reading
   * it throws {@link IOException} if the connection is cut or 60 s silent, or the thread is
   * interrupted.
   *
   * @throws NotFoundException if there is no such file
   * @throws E2bStatusException if it is a directory or may not be read
   */
  public InputStream open(String path) {
    return contents.open(path);
  }

  /**
   * Writes a file, replacing what was there, and makes missing parent directories. Not atomic:
   * after a failure the file may be missing, old, or there in part.
   *
   * @throws E2bStatusException if it is refused, for example with 507 when the disk is full
   */
  public void write(String path, byte[] content) {
    contents.write(path, new OneShotBody(OneShotBody.OCTETS, content), Map.of(), false);
  }

  /**
   * Writes a file with labels of its own, which {@link FileEntry#metadata()} shows; they replace
   * all that it had. Needs envd 0.6.2 or later: an older one writes the file and drops them. Like
   * {@link #write(String, byte[])} otherwise.
   *
   * @param metadata key → value, printable ASCII, together at most 4,096 bytes; keys are letters,
   *     digits and {@code !#$%&'*+-.^_`|~}, and are read back in lower case
   * @throws IllegalArgumentException if a key or value is none
   */
  public void write(String path, byte[] content, Map<String, String> metadata) {
    contents.write(path, new OneShotBody(OneShotBody.OCTETS, content), metadata, false);
  }

  /**
   * Writes a file from a local one of any size; like {@link #write(String, byte[])} otherwise.
   *
   * @throws E2bException if the local file can't be read
   */
  public void write(String path, Path localFile) {
    try (InputStream content = java.nio.file.Files.newInputStream(localFile)) {
      write(path, content);
    } catch (IOException e) {
      throw new E2bException(
          "cannot %s: the local file %s can't be read".formatted(named("write", path), localFile),
          e);
    }
  }

  /**
   * Writes a file from a stream of any length, which another thread reads to its end and which the
   * caller closes; like {@link #write(String, byte[])} otherwise. Only a minute's silence of the
   * network ends it, not the total time.
   *
   * @throws E2bException if the stream throws; the file is then there in part
   */
  public void write(String path, InputStream content) {
    contents.write(path, new UploadBody(content), Map.of(), true);
  }

  /** Writes text as UTF-8; like {@link #write(String, byte[])} otherwise. */
  public void writeText(String path, String text) {
    write(path, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Writes several files at once, each like {@link #write(String, byte[])}: one request in place of
   * many. After a failure any of them may be missing, old, there in part, or new. An empty map
   * sends nothing. Only a minute's silence of the network ends it, not the total time.
   *
   * @param files path → content; two spellings of one path are refused with 400
   * @throws E2bStatusException if it is refused, for example with 507 when the disk is full
   */
  public void writeAll(Map<String, byte[]> files) {
    contents.writeAll(files);
  }

  /**
   * Lists a directory.
   *
   * @param depth 1 for its own entries, more for those of its subdirectories too
   * @throws NotFoundException if there is no such path
   * @throws E2bStatusException if it is no directory
   */
  public List<FileEntry> list(String path, int depth) {
    if (depth < 1) {
      throw new IllegalArgumentException("depth must be at least 1: " + depth);
    }
    EnvdWire.EntriesReply reply =
        envd.call(
            "filesystem.Filesystem/ListDir",
            new EnvdWire.ListDirRequest(checkPath(path), depth),
            EnvdWire.EntriesReply.class,
            named("list", path));
    List<FileEntry> entries = new ArrayList<>();
    if (reply.entries() != null) {
      reply.entries().forEach(entry -> entries.add(entry.toEntry()));
    }
    return List.copyOf(entries);
  }

  /**
   * What a path is, how large, whose.
   *
   * @throws NotFoundException if there is no such path
   */
  public FileEntry stat(String path) {
    String operation = named("look at", path);
    EnvdWire.EntryReply reply =
        envd.call(
            "filesystem.Filesystem/Stat",
            new EnvdWire.PathRequest(checkPath(path)),
            EnvdWire.EntryReply.class,
            operation);
    return ApiWire.required(reply.entry(), "entry", operation).toEntry();
  }

  /**
   * Whether a path exists. Only the sandbox's own "not found" is a no; any other failure throws.
   */
  public boolean exists(String path) {
    try {
      stat(path);
      return true;
    } catch (NotFoundException e) {
      return false;
    }
  }

  /** Removes a file, or a directory with all it holds. A path that does not exist is no failure. */
  public void remove(String path) {
    envd.call(
        "filesystem.Filesystem/Remove",
        new EnvdWire.PathRequest(checkPath(path)),
        EnvdWire.Empty.class,
        named("remove", path));
  }

  /**
   * Makes a directory and its missing parents.
   *
   * @return false if it was there already
   * @throws E2bStatusException if a file is in the way
   */
  public boolean makeDirectory(String path) {
    try {
      envd.call(
          "filesystem.Filesystem/MakeDir",
          new EnvdWire.PathRequest(checkPath(path)),
          EnvdWire.Empty.class,
          named("make directory", path));
      return true;
    } catch (E2bStatusException e) {
      if (e.errorCode().filter("already_exists"::equals).isPresent()) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Moves or renames a file or directory. Missing parents of the destination are made; what is
   * there is replaced, a directory that is not empty excepted.
   *
   * @return the entry at its new place
   * @throws NotFoundException if there is nothing at {@code source}
   */
  public FileEntry move(String source, String destination) {
    String operation = named("move to " + destination, source);
    EnvdWire.EntryReply reply =
        envd.call(
            "filesystem.Filesystem/Move",
            new EnvdWire.MoveRequest(checkPath(source), checkPath(destination)),
            EnvdWire.EntryReply.class,
            operation);
    return ApiWire.required(reply.entry(), "entry", operation).toEntry();
  }

  /**
   * Watches a directory; returns when the watch is in place.
   *
   * @param recursive also what is below its subdirectories, new ones included
   * @return to be closed
   * @throws NotFoundException if there is no such directory
   * @throws E2bStatusException if it is no directory, or can't be watched, as network file systems
   *     can't
   */
  public FileWatch watch(String path, boolean recursive) {
    return WatchStream.open(envd, named("watch", path), checkPath(path), recursive);
  }

  /**
   * An address under which anyone can read the file with a plain GET, as this handle's user. The
   * address is a secret: it can't be taken back, except by ending the sandbox. The file need not be
   * there yet. Calls nothing.
   *
   * @param expiresAt until when, by the sandbox's clock, in whole seconds
   */
  public URI downloadUrl(String path, Instant expiresAt) {
    return envd.signed(checkPath(path), SignedUrl.Right.READ, expiresAt);
  }

  /** The same without an end: good as long as the sandbox exists. */
  public URI downloadUrl(String path) {
    return envd.signed(checkPath(path), SignedUrl.Right.READ, null);
  }

  /**
   * An address under which anyone can write the file with a POST, of its bytes as {@code
   * application/octet-stream} or of a form's part {@code file}, as this handle's user. As secret as
   * {@link #downloadUrl(String, Instant)}.
   *
   * @param expiresAt until when, by the sandbox's clock, in whole seconds
   */
  public URI uploadUrl(String path, Instant expiresAt) {
    return envd.signed(checkPath(path), SignedUrl.Right.WRITE, expiresAt);
  }

  /** The same without an end: good as long as the sandbox exists. */
  public URI uploadUrl(String path) {
    return envd.signed(checkPath(path), SignedUrl.Right.WRITE, null);
  }

  private String named(String action, String path) {
    return contents.named(action, path);
  }

  private static String checkPath(String path) {
    return FileContents.checkPath(path);
  }
}
