package dev.repofleet.e2b.local.host;

import dev.repofleet.e2b.local.machine.MachineUsage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Reads from {@code /proc} what processes of this host use. Stateless. */
final class HostUsage {
  private static final Path PROC = Path.of("/proc");

  /** Linux's USER_HZ, the unit of {@code /proc/PID/stat}, is 100 on every architecture we know. */
  private static final long TICK_MILLIS = 10;

  /** Fields of /proc/PID/stat behind the command's name. */
  private static final int UTIME = 11;

  private static final int STIME = 12;

  private HostUsage() {}

  static MachineUsage of(List<Long> pids, Path onDisk) throws IOException {
    long ticks = 0;
    long resident = 0;
    for (long pid : pids) {
      String[] fields = stat(pid);
      if (fields.length > STIME) {
        ticks += Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]);
        resident += bytes(PROC.resolve(pid + "/status"), "VmRSS:");
      }
    }
    FileStore store = Files.getFileStore(onDisk);
    return new MachineUsage(
        Duration.ofMillis(ticks * TICK_MILLIS),
        Runtime.getRuntime().availableProcessors(),
        resident,
        bytes(PROC.resolve("meminfo"), "MemTotal:"),
        bytes(PROC.resolve("meminfo"), "Cached:"),
        store.getTotalSpace() - store.getUsableSpace(),
        store.getTotalSpace());
  }

  private static String[] stat(long pid) {
    try {
      byte[] bytes = Files.readAllBytes(PROC.resolve(pid + "/stat"));
      // The name may hold spaces and parentheses: what counts begins behind the last one.
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      return text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
    } catch (IOException gone) {
      return new String[0];
    }
  }

  /** A line that counts in kB; 0 if there is none. */
  private static long bytes(Path file, String name) {
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
        if (line.startsWith(name)) {
          return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        }
      }
    } catch (IOException gone) {
      return 0;
    }
    return 0;
  }
}
