package dev.repofleet.e2b.local.envd;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.machine.DirectoryLooks;
import dev.repofleet.e2b.local.wire.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Turns looks at a directory into envd's events (E2B contract, 5.1). Used by one thread at a time.
 *
 * <p>It compares: what changes twice between two looks is told once, and what comes and goes in
 * between not at all.
 */
final class DirectoryWatch implements AutoCloseable {
  private final DirectoryLooks looks;
  private final boolean withEntries;
  private Map<String, DirectoryLooks.Seen> last;

  /**
   * Takes the first look.
   *
   * @param withEntries whether events describe what they are about
   */
  DirectoryWatch(DirectoryLooks looks, boolean withEntries) throws IOException {
    this.looks = looks;
    this.withEntries = withEntries;
    this.last = looks.look();
  }

  /** What has changed since the last call. */
  List<ObjectNode> changes() throws IOException {
    Map<String, DirectoryLooks.Seen> before = last;
    last = looks.look();
    return new Difference(before, last).events();
  }

  @Override
  public void close() {
    looks.close();
  }

  private final class Difference {
    private final Map<String, DirectoryLooks.Seen> before;
    private final Map<String, DirectoryLooks.Seen> after;
    private final List<ObjectNode> events = new ArrayList<>();

    Difference(Map<String, DirectoryLooks.Seen> before, Map<String, DirectoryLooks.Seen> after) {
      this.before = new TreeMap<>(before);
      this.after = new TreeMap<>(after);
    }

    List<ObjectNode> events() {
      Set<String> moved = new HashSet<>();
      Map<String, String> arrived = new HashMap<>();
      after.forEach(
          (name, seen) -> {
            if (!before.containsKey(name) && !seen.identity().isEmpty()) {
              arrived.put(seen.identity(), name);
            }
          });
      before.forEach(
          (name, seen) -> {
            if (!after.containsKey(name)) {
              String target = arrived.get(seen.identity());
              if (target != null) {
                moved.add(target);
              }
              add(name, target == null ? "REMOVE" : "RENAME", seen);
            }
          });
      after.forEach((name, seen) -> appeared(name, seen, before.get(name), moved));
      return events;
    }

    private void appeared(
        String name,
        DirectoryLooks.Seen seen,
        DirectoryLooks.@org.jspecify.annotations.Nullable Seen earlier,
        Set<String> moved) {
      if (earlier == null || !earlier.identity().equals(seen.identity())) {
        add(name, "CREATE", seen);
        if (!moved.contains(name) && !seen.isEmpty()) {
          add(name, "WRITE", seen);
        }
        return;
      }
      if (!earlier.content().equals(seen.content())) {
        add(name, "WRITE", seen);
      }
      if (!earlier.rights().equals(seen.rights())) {
        add(name, "CHMOD", seen);
      }
    }

    private void add(String name, String type, DirectoryLooks.Seen seen) {
      ObjectNode event = Wire.object().put("name", name).put("type", "EVENT_TYPE_" + type);
      if (withEntries) {
        event.set("entry", seen.entry());
      }
      events.add(event);
    }
  }
}
