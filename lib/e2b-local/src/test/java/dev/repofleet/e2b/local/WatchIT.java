package dev.repofleet.e2b.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.wire.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 15, unit = TimeUnit.MINUTES)
class WatchIT extends WithSandbox {
  private static String next(WireClient.Events events) throws Exception {
    JsonNode event = events.next().get("filesystem");
    return event.get("type").asText().substring("EVENT_TYPE_".length())
        + " "
        + event.get("name").asText();
  }

  @Test
  void aStreamTellsWhatIsCreatedWrittenChangedMovedAndRemoved() throws Exception {
    client.run(box, "user", "mkdir -p /tmp/w/deep");
    ObjectNode request =
        Wire.object().put("path", "/tmp/w").put("recursive", true).put("includeEntry", true);
    try (WireClient.Events events = client.watch(box, request)) {
      assertThat(events.next().has("start")).isTrue();
      client.write(box, "user", "/tmp/w/deep/a", "x");
      assertThat(next(events)).isEqualTo("CREATE deep/a");
      JsonNode written = events.next().get("filesystem");
      assertThat(written.get("type").asText()).isEqualTo("EVENT_TYPE_WRITE");
      assertThat(written.get("entry").get("path").asText()).isEqualTo("/tmp/w/deep/a");
      client.run(box, "user", "chmod 600 /tmp/w/deep/a");
      assertThat(next(events)).isEqualTo("CHMOD deep/a");
      client.run(box, "user", "mv /tmp/w/deep/a /tmp/w/b");
      assertThat(next(events)).isEqualTo("RENAME deep/a");
      assertThat(next(events)).isEqualTo("CREATE b");
      client.run(box, "user", "rm /tmp/w/b");
      assertThat(next(events)).isEqualTo("REMOVE b");
    }
  }

  @Test
  void withoutRecursionWhatIsDeeperIsNotTold() throws Exception {
    client.run(box, "user", "mkdir -p /tmp/flat/deep");
    try (WireClient.Events events = client.watch(box, Wire.object().put("path", "/tmp/flat"))) {
      events.next();
      client.write(box, "user", "/tmp/flat/deep/x", "x");
      client.write(box, "user", "/tmp/flat/y", "");
      assertThat(next(events)).isEqualTo("CREATE y");
    }
  }

  @Test
  void aWatcherIsPolledUntilItIsRemoved() {
    client.run(box, "user", "mkdir -p /tmp/polled");
    String id = rpc("CreateWatcher", "{\"path\":\"/tmp/polled\"}").json().get("watcherId").asText();
    String asked = "{\"watcherId\":\"" + id + "\"}";
    assertThat(rpc("GetWatcherEvents", asked).body()).isEqualTo("{}");
    client.write(box, "user", "/tmp/polled/f", "1");
    List<String> seen = new ArrayList<>();
    Awaiting.until(
        "both events",
        () -> {
          rpc("GetWatcherEvents", asked)
              .json()
              .path("events")
              .forEach(event -> seen.add(event.get("type").asText() + event.get("name").asText()));
          return seen.size() >= 2;
        });
    assertThat(seen).containsExactly("EVENT_TYPE_CREATEf", "EVENT_TYPE_WRITEf");
    assertThat(rpc("GetWatcherEvents", asked).body()).as("drained").isEqualTo("{}");
    assertThat(rpc("RemoveWatcher", asked).body()).isEqualTo("{}");
    assertThat(rpc("GetWatcherEvents", asked).status()).isEqualTo(404);
    assertThat(rpc("RemoveWatcher", asked).json().get("code").asText()).isEqualTo("not_found");
  }

  @Test
  void whatIsNoDirectoryIsNotWatched() throws Exception {
    client.write(box, "user", "/tmp/file", "x");
    assertThat(trailer("/tmp/file")).contains("invalid_argument", "is not a directory");
    assertThat(trailer("/tmp/none")).contains("not_found");
    assertThat(trailer("/root")).contains("permission_denied");
    assertThat(rpc("CreateWatcher", "{\"path\":\"/tmp/none\"}").status()).isEqualTo(404);
  }

  private static String trailer(String path) throws Exception {
    try (WireClient.Events events = client.watch(box, Wire.object().put("path", path))) {
      return events.next().toString();
    }
  }

  private static WireClient.Answer rpc(String method, String body) {
    return client.rpc(box, "user", "filesystem.Filesystem/" + method, body);
  }
}
