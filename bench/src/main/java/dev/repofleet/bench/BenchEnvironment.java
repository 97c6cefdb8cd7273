package dev.repofleet.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Instant;

/** What a figure depends on besides the code: printed with each. */
final class BenchEnvironment {
  private BenchEnvironment() {}

  static ObjectNode describe() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return new ObjectMapper()
        .createObjectNode()
        .put("at", Instant.now().toString())
        .put("cores", system.getAvailableProcessors())
        .put("memoryMiB", system.getTotalMemorySize() >> 20)
        .put("os", system.getName() + " " + system.getVersion())
        .put("java", System.getProperty("java.runtime.version"))
        .put("loadBefore", system.getSystemLoadAverage());
  }
}
