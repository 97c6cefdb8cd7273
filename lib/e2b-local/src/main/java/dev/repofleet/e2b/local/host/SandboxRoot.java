package dev.repofleet.e2b.local.host;

import dev.repofleet.e2b.local.machine.LinuxUser;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The directory that is a sandbox's {@code /} on this machine's disk. Nothing of a sandbox lives in
 * a tmpfs, so that what an agent writes costs disk and no memory.
 */
public final class SandboxRoot {
  /** Bound from the host's side at each start, so no part of it may be a link of an agent's. */
  private static final String STATE = "var/lib/repofleet";

  /** The folder of the server's own small files about the sandbox. */
  static final String CONTROL = "control";

  private final Path base;
  private final @Nullable Path seed;

  /**
   * @param seed a tree to begin with; null for a bare one
   */
  public SandboxRoot(Path base, @Nullable Path seed) {
    this.base = base;
    this.seed = seed;
  }

  Path path() {
    return base.resolve("root");
  }

  Path control() {
    return base.resolve(CONTROL);
  }

  /**
   * Creates the tree unless it is there; with two users the home goes to uid 1000.
   *
   * @return whether it is bare: an agent may have written links into another one, so that nothing
   *     may be written there from outside
   */
  boolean create(boolean twoUsers) throws IOException, InterruptedException {
    directory(base, "rwx------");
    directory(control(), "rwx------");
    Path root = path();
    boolean there = Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS);
    if (there) {
      clearControl();
    } else if (seed != null) {
      FileTree.copy(seed, root);
    }
    if (there || seed != null) {
      requireRealDirectories(root);
      return false;
    }
    createBare(root, twoUsers);
    return true;
  }

  /** Pipes of commands that ended with an earlier start. */
  private void clearControl() throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(control(), "command-*")) {
      for (Path path : left) {
        Files.deleteIfExists(path);
      }
    }
  }

  private static void requireRealDirectories(Path root) throws IOException {
    Path below = root;
    for (Path part : Path.of(STATE)) {
      below = below.resolve(part);
      if (!Files.isDirectory(below, LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException(
            "/%s of the files it starts from is no plain directory; build or snapshot them anew"
                .formatted(root.relativize(below)));
      }
    }
  }

  private static void createBare(Path root, boolean twoUsers) throws IOException {
    directory(root, "rwxr-xr-x");
    for (String name :
        new String[] {"etc", "run", "opt", "home", "var", "var/lib", "opt/repofleet"}) {
      directory(root.resolve(name), "rwxr-xr-x");
    }
    directory(root.resolve("opt/repofleet/bin"), "rwxr-xr-x");
    directory(root.resolve("home/user"), "rwxr-xr-x");
    // Search only: a tool of the host may have to be bound below /root at its own path.
    directory(root.resolve("root"), "rwx--x--x");
    directory(root.resolve(STATE), "rwx------");
    sticky(root.resolve("tmp"));
    sticky(root.resolve("var/tmp"));
    Files.writeString(root.resolve("etc/passwd"), passwd(twoUsers));
    Files.writeString(root.resolve("etc/group"), "root:x:0:\nuser:x:1000:\n");
    Files.writeString(root.resolve("etc/nsswitch.conf"), "passwd: files\nhosts: files dns\n");
    if (twoUsers) {
      Path home = root.resolve("home/user");
      Files.setAttribute(home, "unix:uid", LinuxUser.USER.uid());
      Files.setAttribute(home, "unix:gid", LinuxUser.USER.uid());
    }
  }

  /** With one user both names are uid 0; the first entry names it. */
  private static String passwd(boolean twoUsers) {
    int uid = twoUsers ? LinuxUser.USER.uid() : 0;
    return "root:x:0:0:root:/root:/bin/bash\n"
        + "user:x:%d:%d:user:/home/user:/bin/bash\n".formatted(uid, uid);
  }

  private static void directory(Path path, String mode) throws IOException {
    Files.createDirectories(path);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  private static void sticky(Path path) throws IOException {
    directory(path, "rwxrwxrwx");
    Files.setAttribute(path, "unix:mode", 01777);
  }
}
