package dev.repofleet.e2b.local.simulated;

import java.time.Instant;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A file or a directory. Guarded by the machine's lock. */
final class FileNode {
  private static final int READ = 4;
  private static final int WRITE = 2;
  private static final int SEARCH = 1;

  /** Of a directory; null for a file. */
  final @Nullable SortedMap<String, FileNode> children;

  final String owner;
  int mode;
  Instant modified;
  private byte[] content = new byte[0];
  private int size;

  private FileNode(
      @Nullable SortedMap<String, FileNode> children, String owner, int mode, Instant modified) {
    this.children = children;
    this.owner = owner;
    this.mode = mode;
    this.modified = modified;
  }

  static FileNode directory(String owner, int mode, Instant now) {
    return new FileNode(new TreeMap<>(), owner, mode, now);
  }

  static FileNode file(String owner, int mode, Instant now) {
    return new FileNode(null, owner, mode, now);
  }

  boolean isDirectory() {
    return children != null;
  }

  int size() {
    return size;
  }

  /** The bytes of now. An array that is full is handed out: it is replaced, never written again. */
  byte[] content() {
    return size == content.length ? content : Arrays.copyOf(content, size);
  }

  byte[] content(int from, int to) {
    return from == 0 && to == size ? content() : Arrays.copyOfRange(content, from, to);
  }

  void replace(byte[] bytes, Instant now) {
    content = bytes;
    size = bytes.length;
    modified = now;
  }

  void append(byte[] bytes, Instant now) {
    if (size + bytes.length > content.length) {
      content = Arrays.copyOf(content, Math.max(size + bytes.length, size + size / 2 + 256));
    }
    System.arraycopy(bytes, 0, content, size, bytes.length);
    size += bytes.length;
    modified = now;
  }

  boolean readableBy(String user) {
    return allows(user, READ);
  }

  boolean writableBy(String user) {
    return allows(user, WRITE);
  }

  boolean searchableBy(String user) {
    return allows(user, SEARCH);
  }

  private boolean allows(String user, int bit) {
    int bits = owner.equals(user) ? mode >> 6 : mode;
    return user.equals(MemoryFiles.ROOT) || (bits & bit) != 0;
  }
}
