package dev.repofleet.e2b.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The directory that is a sandbox's {@code /} on this machine's disk. Nothing of a sandbox lives in
 * a tmpfs, so that what an agent writes costs disk and no memory.
 */
final class SandboxRoot {
  private final Path base;

  SandboxRoot(Path base) {
    this.base = base;
  }

  Path path() {
    return base.resolve("root");
  }

  Path control() {
    return base.resolve("control");
  }

  /** Creates the tree; with two users the home goes to uid 1000. */
  void create(boolean twoUsers) throws IOException {
    directory(base, "rwx------");
    directory(control(), "rwx------");
    Path root = path();
    directory(root, "rwxr-xr-x");
    for (String name :
        new String[] {"etc", "run", "opt", "home", "var", "var/lib", "opt/repofleet"}) {
      directory(root.resolve(name), "rwxr-xr-x");
    }
    directory(root.resolve("opt/repofleet/bin"), "rwxr-xr-x");
    directory(root.resolve("home/user"), "rwxr-xr-x");
    // Search only: a tool of the host may have to be bound below /root at its own path.
    directory(root.resolve("root"), "rwx--x--x");
    directory(root.resolve("var/lib/repofleet"), "rwx------");
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
