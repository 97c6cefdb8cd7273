package dev.repofleet.e2b.local.scenario;

import dev.repofleet.e2b.FileEvent;
import dev.repofleet.e2b.FileWatch;
import dev.repofleet.e2b.Files;
import dev.repofleet.e2b.local.Awaiting;
import java.util.ArrayList;
import java.util.List;

final class WatchScenario implements Scenario {
  @Override
  public String name() {
    return "watch";
  }

  @Override
  public void observe(World world, Observations seen) {
    Files files = world.sandbox().files();
    files.makeDirectory("/home/user/watched/deep");
    List<String> events = new ArrayList<>();
    try (FileWatch watch = files.watch("/home/user/watched", true)) {
      files.writeText("/home/user/watched/deep/f", "x");
      until(watch, FileEvent.Kind.WRITTEN, events);
      files.remove("/home/user/watched/deep/f");
      until(watch, FileEvent.Kind.REMOVED, events);
    }
    seen.say("watch.events", String.join(",", events));
  }

  private static void until(FileWatch watch, FileEvent.Kind kind, List<String> events) {
    FileEvent event;
    do {
      event = watch.next(Awaiting.LONG).orElseThrow();
      events.add(word(event.kind()) + " " + event.name());
    } while (event.kind() != kind);
  }

  private static String word(FileEvent.Kind kind) {
    return switch (kind) {
      case CREATED -> "create";
      case WRITTEN -> "write";
      case REMOVED -> "remove";
      case RENAMED -> "rename";
      case ATTRIBUTES_CHANGED -> "chmod";
      default -> kind.name();
    };
  }
}
