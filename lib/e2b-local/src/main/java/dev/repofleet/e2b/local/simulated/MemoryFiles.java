package dev.repofleet.e2b.local.simulated;

import dev.repofleet.e2b.local.simulated.FileFault.Kind;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The files of one machine, in memory, without links. Paths are absolute. Owners and permission
 * bits are kept and asked, groups are not. Thread-safe by the machine's lock.
 */
public final class MemoryFiles {
  static final String ROOT = "root";

  private static final int ALL = 0777;
  private static final int ALL_FILE = 0666;
  private static final int USUAL_MASK = 022;

  private final InstantSource clock;
  private final Object lock;
  private final FileNode top;
  private final List<Watch> watches = new CopyOnWriteArrayList<>();

  MemoryFiles(InstantSource clock, Object lock) {
    this.clock = clock;
    this.lock = lock;
    this.top = FileNode.directory(ROOT, 0755, clock.instant());
  }

  /** A look out for changes; closed by who asked for it. */
  public final class Watch {
    private final String below;
    private final Runnable task;

    private Watch(String below, Runnable task) {
      this.below = below;
      this.task = task;
    }

    /** Ends it. */
    public void close() {
      watches.remove(this);
    }
  }

  /**
   * Runs a short task, with the machine's lock held, whenever a file below a folder is written or
   * appears.
   *
   * @return to be closed
   */
  public Watch watch(String folder, Runnable task) {
    Watch watch = new Watch(folder + "/", task);
    watches.add(watch);
    return watch;
  }

  /**
   * What is at a path, whoever asks.
   *
   * @return empty when there is nothing
   */
  public Optional<FileInfo> stat(String path) {
    synchronized (lock) {
      FileNode node = find(parts(path), ROOT, path);
      return node == null ? Optional.empty() : Optional.of(info(path, node));
    }
  }

  /** Whether something is at a path, whoever asks. */
  public boolean exists(String path) {
    return stat(path).isPresent();
  }

  /** The whole file as text, or empty when it is none. For programs that run as root. */
  public String text(String path) {
    synchronized (lock) {
      FileNode node = find(parts(path), ROOT, path);
      return node == null || node.isDirectory()
          ? ""
          : new String(node.content(), StandardCharsets.UTF_8);
    }
  }

  /**
   * Reads a file.
   *
   * @return its bytes of now; not to be changed
   * @throws FileFault if it is missing, a directory, or closed to the user
   */
  public byte[] read(String path, String user) {
    synchronized (lock) {
      return readable(path, user).content();
    }
  }

  /**
   * Reads a part of a file.
   *
   * @return the bytes from {@code from} up to, without, {@code to}, as many as there are
   * @throws FileFault as {@link #read(String, String)}
   */
  public byte[] read(String path, String user, long from, long to) {
    synchronized (lock) {
      FileNode node = readable(path, user);
      int first = (int) Math.min(Math.max(0, from), node.size());
      int last = (int) Math.min(Math.max(first, to), node.size());
      return node.content(first, last);
    }
  }

  /**
   * What is below a directory, by path.
   *
   * @param depth 1 for its own entries only
   * @throws FileFault if it is missing, a file, or closed to the user
   */
  public List<FileInfo> list(String path, int depth, String user) {
    synchronized (lock) {
      FileNode node = require(path, user);
      SortedMap<String, FileNode> children = node.children;
      if (children == null) {
        throw new FileFault(Kind.NOT_A_DIRECTORY, path);
      }
      if (!node.readableBy(user)) {
        throw new FileFault(Kind.DENIED, path);
      }
      List<FileInfo> entries = new ArrayList<>();
      collect(path, children, depth, entries);
      return entries;
    }
  }

  /**
   * Makes a directory and its parents.
   *
   * @param mask permission bits that are taken away, such as {@code 077}
   * @throws FileFault if a part of the path is a file, or closed to the user
   */
  public void makeDirectories(String path, String user, int mask) {
    synchronized (lock) {
      directory(parts(path), user, mask, path);
    }
  }

  /** Makes a directory and its parents, with the usual permissions. */
  public void makeDirectories(String path, String user) {
    makeDirectories(path, user, USUAL_MASK);
  }

  /**
   * Writes a whole file; makes its parents.
   *
   * @param content kept as it is, so not to be changed afterwards
   * @param mask permission bits that are taken away when the file is new
   * @throws FileFault if the path is a directory or closed to the user
   */
  public void write(String path, byte[] content, String user, int mask) {
    synchronized (lock) {
      writable(path, user, mask).replace(content, clock.instant());
      changed(path);
    }
  }

  /** Writes a whole file, with the usual permissions. */
  public void write(String path, byte[] content, String user) {
    write(path, content, user, USUAL_MASK);
  }

  /** Writes a whole text file, with the usual permissions. */
  public void write(String path, String content, String user) {
    write(path, content.getBytes(StandardCharsets.UTF_8), user);
  }

  /**
   * Writes to the end of a file; makes it when it is missing.
   *
   * @throws FileFault as {@link #write(String, byte[], String)}
   */
  public void append(String path, byte[] content, String user) {
    synchronized (lock) {
      writable(path, user, USUAL_MASK).append(content, clock.instant());
      changed(path);
    }
  }

  /**
   * Sets permission bits.
   *
   * @throws FileFault if it is missing, or another user's
   */
  public void setMode(String path, int mode, String user) {
    synchronized (lock) {
      FileNode node = require(path, user);
      if (!user.equals(ROOT) && !user.equals(node.owner)) {
        throw new FileFault(Kind.DENIED, path);
      }
      node.mode = mode;
    }
  }

  /**
   * Moves; makes the parents of the destination and replaces what is there.
   *
   * @throws FileFault if the source is missing or one of both is closed to the user
   */
  public void move(String source, String destination, String user) {
    synchronized (lock) {
      FileNode node = require(source, user);
      Deque<String> to = parts(destination);
      String name = last(to, destination);
      FileNode target = directory(to, user, USUAL_MASK, destination);
      remove(source, user);
      children(target, destination).put(name, node);
      changed(destination);
    }
  }

  /**
   * Removes with all below; what is missing is no error.
   *
   * @throws FileFault if its folder is closed to the user
   */
  public void remove(String path, String user) {
    synchronized (lock) {
      Deque<String> parts = parts(path);
      String name = last(parts, path);
      FileNode parent = find(parts, user, path);
      if (parent == null || parent.children == null || !parent.children.containsKey(name)) {
        return;
      }
      if (!parent.writableBy(user)) {
        throw new FileFault(Kind.DENIED, path);
      }
      parent.children.remove(name);
      changed(path);
    }
  }

  private void changed(String path) {
    for (Watch watch : watches) {
      if (path.startsWith(watch.below)) {
        watch.task.run();
      }
    }
  }

  private FileNode readable(String path, String user) {
    FileNode node = require(path, user);
    if (node.isDirectory()) {
      throw new FileFault(Kind.IS_A_DIRECTORY, path);
    }
    if (!node.readableBy(user)) {
      throw new FileFault(Kind.DENIED, path);
    }
    return node;
  }

  private FileNode writable(String path, String user, int mask) {
    Deque<String> parts = parts(path);
    String name = last(parts, path);
    FileNode parent = directory(parts, user, USUAL_MASK, path);
    FileNode node = children(parent, path).get(name);
    if (node == null) {
      if (!parent.writableBy(user)) {
        throw new FileFault(Kind.DENIED, path);
      }
      node = FileNode.file(user, ALL_FILE & ~mask, clock.instant());
      children(parent, path).put(name, node);
    } else if (node.isDirectory()) {
      throw new FileFault(Kind.IS_A_DIRECTORY, path);
    } else if (!node.writableBy(user)) {
      throw new FileFault(Kind.DENIED, path);
    }
    return node;
  }

  private FileNode require(String path, String user) {
    FileNode node = find(parts(path), user, path);
    if (node == null) {
      throw new FileFault(Kind.MISSING, path);
    }
    return node;
  }

  private @Nullable FileNode find(Deque<String> parts, String user, String path) {
    FileNode node = top;
    for (String part : parts) {
      SortedMap<String, FileNode> children = node.children;
      if (children == null) {
        return null;
      }
      if (!node.searchableBy(user)) {
        throw new FileFault(Kind.DENIED, path);
      }
      node = children.get(part);
      if (node == null) {
        return null;
      }
    }
    return node;
  }

  private FileNode directory(Deque<String> parts, String user, int mask, String path) {
    FileNode node = top;
    for (String part : parts) {
      SortedMap<String, FileNode> children = children(node, path);
      if (!node.searchableBy(user)) {
        throw new FileFault(Kind.DENIED, path);
      }
      FileNode next = children.get(part);
      if (next == null) {
        if (!node.writableBy(user)) {
          throw new FileFault(Kind.DENIED, path);
        }
        next = FileNode.directory(user, ALL & ~mask, clock.instant());
        children.put(part, next);
      }
      node = next;
    }
    children(node, path);
    return node;
  }

  private static SortedMap<String, FileNode> children(FileNode node, String path) {
    SortedMap<String, FileNode> children = node.children;
    if (children == null) {
      throw new FileFault(Kind.NOT_A_DIRECTORY, path);
    }
    return children;
  }

  private static void collect(
      String path, SortedMap<String, FileNode> children, int depth, List<FileInfo> entries) {
    for (Map.Entry<String, FileNode> child : children.entrySet()) {
      String below = (path.equals("/") ? "" : path) + "/" + child.getKey();
      entries.add(info(below, child.getValue()));
      SortedMap<String, FileNode> further = child.getValue().children;
      if (further != null && depth > 1) {
        collect(below, further, depth - 1, entries);
      }
    }
  }

  private static FileInfo info(String path, FileNode node) {
    return new FileInfo(
        path, node.isDirectory(), node.size(), node.mode, node.owner, node.modified);
  }

  /** Without links, {@code ..} leads where it reads. */
  private static Deque<String> parts(String path) {
    Deque<String> parts = new ArrayDeque<>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        parts.pollLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    return parts;
  }

  private static String last(Deque<String> parts, String path) {
    String name = parts.pollLast();
    if (name == null) {
      throw new FileFault(Kind.IS_A_DIRECTORY, path);
    }
    return name;
  }
}
