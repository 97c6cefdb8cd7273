package dev.repofleet.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The most memory this process has held: what the kernel counts as resident. Linux only. */
final class PeakMemory {
  private PeakMemory() {}

  static double mebibytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
      }
    }
    throw new IOException("/proc/self/status names no VmHWM: this needs Linux");
  }
}
