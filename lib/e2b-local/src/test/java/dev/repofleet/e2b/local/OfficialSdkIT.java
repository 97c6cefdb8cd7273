package dev.repofleet.e2b.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.e2b.local.scenario.JavaScenarios;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * E2B's own JavaScript SDK, unchanged, and the Java client, one after the other against one server:
 * both generations of the API, the same scenarios, the same observations.
 */
class OfficialSdkIT {
  private static final String NEW = "2.51.0";
  private static final String OLD = "2.45.0";

  @TempDir static Path directory;
  private static final Map<String, Map<String, String>> OBSERVED = new LinkedHashMap<>();

  @BeforeAll
  static void runAll() throws Exception {
    OfficialSdk.requireTools();
    try (TestServer server = TestServer.isolated(directory.resolve("data"), builder -> {})) {
      for (String version : new String[] {NEW, OLD}) {
        OBSERVED.put(version, OfficialSdk.install(version).observe(server.server()));
      }
      OBSERVED.put(
          "Java",
          JavaScenarios.observe(
              server.server().uri(), server.server().apiKey(), directory.resolve("work")));
    }
  }

  private static Map<String, String> observed(String client) {
    return Objects.requireNonNull(OBSERVED.get(client), client);
  }

  @ParameterizedTest
  @ValueSource(strings = {NEW, OLD})
  void everyScenarioIsObservedAsExpected(String version) throws IOException {
    try (InputStream expected = OfficialSdk.resource("expected.txt")) {
      assertThat(observed(version))
          .containsExactlyEntriesOf(
              OfficialSdk.parse(new String(expected.readAllBytes(), StandardCharsets.UTF_8)));
    }
  }

  @Test
  void theJavaClientObservesWhatTheSdksDo() {
    ObservationTable table = new ObservationTable(observed(NEW), observed(OLD), observed("Java"));
    System.out.println(table);
    assertThat(table.differences()).as(table.toString()).isEmpty();
  }

  @Test
  void whatTheJavaClientDoesNotObserveIsADifference() {
    Map<String, String> more = new LinkedHashMap<>(observed(NEW));
    more.put("tomorrow.new", "true");
    ObservationTable table = new ObservationTable(more, observed(OLD), observed("Java"));
    assertThat(table.differences()).containsExactly("tomorrow.new");
  }
}
