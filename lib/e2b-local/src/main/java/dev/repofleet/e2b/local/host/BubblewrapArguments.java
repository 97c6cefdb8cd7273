package dev.repofleet.e2b.local.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Bubblewrap's argument list for one sandbox: an own {@code /} on disk, {@code /usr} read-only, of
 * the host's {@code /etc} only names, certificates and the linker's cache.
 *
 * @param twoUsers whether root starts it; else the caller's uid becomes 0 inside
 * @param hostname name of the machine inside
 * @param toolchain tools bound read-only
 * @param extra further read-only binds
 * @param links symbolic links in the tools' directory: name to path inside
 */
public record BubblewrapArguments(
    boolean twoUsers,
    String hostname,
    Toolchain toolchain,
    List<ToolMount> extra,
    Map<String, String> links) {
  private static final List<String> SYSTEM_DIRECTORIES =
      List.of("bin", "sbin", "lib", "lib32", "lib64", "libx32");

  /** No accounts, no keys: {@code /etc/ssl/private} stays outside. */
  private static final List<String> SHARED_CONFIGURATION =
      List.of(
          "/etc/resolv.conf",
          "/etc/hosts",
          "/etc/host.conf",
          "/etc/gai.conf",
          "/etc/services",
          "/etc/protocols",
          "/etc/localtime",
          "/etc/mime.types",
          "/etc/ld.so.cache",
          "/etc/ld.so.conf",
          "/etc/ld.so.conf.d",
          "/etc/alternatives",
          "/etc/ssl/certs",
          "/etc/ssl/openssl.cnf",
          "/etc/ca-certificates",
          "/etc/ca-certificates.conf",
          "/etc/pki/ca-trust",
          "/etc/pki/tls/certs",
          "/etc/crypto-policies");

  public BubblewrapArguments {
    extra = List.copyOf(extra);
    links = Map.copyOf(links);
  }

  /** Writes what belongs into the root directory before the first start. */
  void prepare(Path root) throws IOException {
    mountPoints(root);
    Path directory = root.resolve(Toolchain.LINKS.substring(1));
    for (Map.Entry<String, String> link : links.entrySet()) {
      Files.createSymbolicLink(directory.resolve(link.getKey()), Path.of(link.getValue()));
    }
  }

  /** Removes the links that bubblewrap made at an earlier start: it refuses to make them twice. */
  static void prepareAgain(Path root) throws IOException {
    for (String name : SYSTEM_DIRECTORIES) {
      Path link = root.resolve(name);
      if (Files.isSymbolicLink(link)) {
        Files.delete(link);
      }
    }
  }

  /**
   * Bubblewrap makes the directories of a mount point for root alone; those that are missing are
   * made here, for all to pass.
   */
  private void mountPoints(Path root) throws IOException {
    List<String> targets = new ArrayList<>(SHARED_CONFIGURATION);
    mounts().forEach(mount -> targets.add(mount.target()));
    for (String target : targets) {
      Path parent = Path.of(target).getParent();
      Path made = root;
      for (Path part : parent == null ? Path.of("") : parent) {
        made = made.resolve(part);
        if (!Files.exists(made)) {
          Files.createDirectory(made);
          Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
      }
    }
  }

  List<String> of(Path root) throws IOException {
    List<String> words = new ArrayList<>();
    Collections.addAll(words, "--die-with-parent", "--unshare-pid", "--unshare-ipc");
    Collections.addAll(words, "--unshare-uts", "--hostname", hostname, "--json-status-fd", "3");
    if (twoUsers) {
      Collections.addAll(words, "--cap-drop", "ALL");
    } else {
      // uid 0: nsenter is refused where bubblewrap had to make a second user namespace. As pid 1:
      // else a process without capabilities reads root's files through /proc/1/root.
      Collections.addAll(words, "--unshare-user", "--uid", "0", "--gid", "0");
      Collections.addAll(words, "--as-pid-1", "--cap-add", "ALL");
    }
    Collections.addAll(words, "--bind", root.toString(), "/", "--ro-bind", "/usr", "/usr");
    systemDirectories(words);
    sharedConfiguration(words);
    Collections.addAll(words, "--proc", "/proc", "--dev", "/dev");
    String state = "/var/lib/repofleet";
    Collections.addAll(words, "--bind", root + state, state);
    for (ToolMount mount : mounts()) {
      Collections.addAll(words, "--ro-bind", mount.source().toString(), mount.target());
    }
    Collections.addAll(words, "--clearenv", "--setenv", "PATH", "/usr/bin:/bin", "--chdir", "/");
    return words;
  }

  private List<ToolMount> mounts() {
    List<ToolMount> all = new ArrayList<>(toolchain.mounts());
    all.addAll(extra);
    return all;
  }

  private static void systemDirectories(List<String> words) throws IOException {
    for (String name : SYSTEM_DIRECTORIES) {
      Path path = Path.of("/", name);
      if (Files.isSymbolicLink(path)) {
        String target = Files.readSymbolicLink(path).toString();
        Collections.addAll(words, "--symlink", target, path.toString());
      } else if (Files.isDirectory(path)) {
        Collections.addAll(words, "--ro-bind", path.toString(), path.toString());
      }
    }
  }

  private static void sharedConfiguration(List<String> words) {
    for (String name : SHARED_CONFIGURATION) {
      Path path = Path.of(name);
      // Real paths: resolv.conf is often a link into /run, which a sandbox does not see.
      if (Files.exists(path)) {
        Collections.addAll(words, "--ro-bind-try", ClaudeInstall.real(path).toString(), name);
      }
    }
  }
}
