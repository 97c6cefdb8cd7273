package dev.repofleet.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What another process has used, as Linux counts it. */
record ProcessUse(double cpuSeconds, double residentMiB, double peakMiB) {
  /** Of {@code USER_HZ}, which is 100 for every program on Linux. */
  private static final double TICKS = 100;

  private static final int USER_TIME = 11;

  static ProcessUse of(long pid) {
    Path process = Path.of("/proc", Long.toString(pid));
    try {
      // Behind the name, which may have blanks in it.
      String stat = Files.readString(process.resolve("stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      double ticks = Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[USER_TIME + 1]);
      return new ProcessUse(ticks / TICKS, of(process, "VmRSS:"), of(process, "VmHWM:"));
    } catch (IOException e) {
      throw new UncheckedIOException("process " + pid + " can't be looked at", e);
    }
  }

  private static double of(Path process, String field) throws IOException {
    for (String line : Files.readAllLines(process.resolve("status"))) {
      if (line.startsWith(field)) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
      }
    }
    throw new IOException(process + " has no " + field);
  }
}
