package dev.repofleet.e2b.local.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which of this host's listening sockets belong to the processes of a sandbox: the sandboxes share
 * its network, but a sandbox's address must lead to its own programs only. Stateless.
 */
final class ListeningSockets {
  private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d+)]");
  private static final String LISTENING = "0A";
  private static final String LOOPBACK = "127.0.0.1";

  /** ::1 as /proc/net/tcp6 writes it on a little-endian machine. */
  private static final String LOOPBACK6 = "00000000000000000000000001000000";

  private ListeningSockets() {}

  /**
   * Where a port can be reached.
   *
   * @param pids of the sandbox's processes, as this host counts
   * @return an address of the loopback interface; empty if none of them listens there
   */
  static Optional<String> address(int port, List<Long> pids) {
    Map<String, String> byInode = new HashMap<>();
    collect(Path.of("/proc/net/tcp"), port, byInode);
    collect(Path.of("/proc/net/tcp6"), port, byInode);
    if (byInode.isEmpty()) {
      return Optional.empty();
    }
    return pids.stream().flatMap(pid -> owned(pid, byInode).stream()).findFirst();
  }

  private static void collect(Path table, int port, Map<String, String> byInode) {
    try {
      for (String line : Files.readAllLines(table, StandardCharsets.US_ASCII)) {
        String[] fields = line.strip().split("\\s+", -1);
        if (fields.length > 9 && fields[3].equals(LISTENING)) {
          String[] local = fields[1].split(":", -1);
          if (Integer.parseInt(local[1], 16) == port) {
            byInode.put(fields[9], local[0].equals(LOOPBACK6) ? "::1" : LOOPBACK);
          }
        }
      }
    } catch (IOException noSuchFamily) {
      return;
    }
  }

  private static Optional<String> owned(long pid, Map<String, String> byInode) {
    try (DirectoryStream<Path> open =
        Files.newDirectoryStream(Path.of("/proc/%d/fd".formatted(pid)))) {
      for (Path descriptor : open) {
        String inode = inode(descriptor);
        if (byInode.containsKey(inode)) {
          return Optional.of(byInode.get(inode));
        }
      }
    } catch (IOException goneOrForeign) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  private static String inode(Path descriptor) {
    try {
      Matcher matcher = SOCKET.matcher(Files.readSymbolicLink(descriptor).toString());
      return matcher.matches() ? matcher.group(1) : "";
    } catch (IOException closed) {
      return "";
    }
  }
}
