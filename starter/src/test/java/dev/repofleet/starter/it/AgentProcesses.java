package dev.repofleet.starter.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What every user of this machine sees of its processes: their ids and arguments. */
final class AgentProcesses {
  private AgentProcesses() {}

  /** All of them, by id; arguments are separated by blanks. */
  static Map<Long, String> all() {
    Map<Long, String> found = new LinkedHashMap<>();
    try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
      entries
          .filter(entry -> String.valueOf(entry.getFileName()).matches("[0-9]+"))
          .forEach(
              entry -> {
                String arguments = arguments(entry.resolve("cmdline"));
                if (!arguments.isBlank()) {
                  found.put(Long.valueOf(String.valueOf(entry.getFileName())), arguments);
                }
              });
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The agents that began this session; there is never to be more than one. A child of one is none,
   * though it has its arguments until it becomes the program that it is for.
   */
  static Set<Long> beginning(String session) {
    Set<Long> found =
        all().entrySet().stream()
            .filter(process -> process.getValue().contains("--session-id " + session + " "))
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    return found.stream()
        .filter(process -> !found.contains(parent(process)))
        .collect(Collectors.toSet());
  }

  /** 0 where the process has ended. */
  private static long parent(long process) {
    return ProcessHandle.of(process)
        .flatMap(ProcessHandle::parent)
        .map(ProcessHandle::pid)
        .orElse(0L);
  }

  private static String arguments(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).replace('\0', ' ');
    } catch (IOException ended) {
      return "";
    }
  }
}
