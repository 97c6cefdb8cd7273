package dev.repofleet.starter.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.e2b.local.LocalSandboxOptions;
import dev.repofleet.e2b.local.LocalSandboxServer;
import dev.repofleet.e2b.local.host.Isolation;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.client.TemporalConnection;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole stack with the real Temporal server and real local sandboxes. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
final class EmbeddedStackIT {
  @TempDir Path folder;
  private final List<String> talk = new ArrayList<>();

  @BeforeEach
  void needsBubblewrap() {
    Isolation isolation = Isolation.detect();
    Assumptions.assumeTrue(
        isolation.isolated() || "true".equals(System.getenv("CI")), isolation.reason());
  }

  private EmbeddedStack start(Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.keySet().removeIf(name -> name.startsWith("E2B_"));
    environment.remove("REPOFLEET_ARTIFACTS");
    environment.putAll(more);
    return EmbeddedStack.start(
        EmbeddedStackOptions.builder(environment, Path.of(System.getProperty("user.home")))
            .data(folder.resolve("data"))
            .agent(AgentKind.REHEARSAL)
            .build(),
        talk::add);
  }

  @Test
  void everyPartAnswersAtTheAddressItTells() throws IOException {
    try (EmbeddedStack stack = start(Map.of("TEMPORAL_API_KEY", "of-another-server"))) {
      assertThat(status(stack.ui(), "")).isEqualTo(200);
      assertThat(status(stack.metrics(), "")).isEqualTo(200);
      Map<String, String> client = stack.environment();
      URI sandboxes = URI.create(client.get("E2B_API_URL") + "/sandboxes");
      assertThat(status(sandboxes, client.getOrDefault("E2B_API_KEY", ""))).isEqualTo(200);
      assertThat(status(sandboxes, "e2b_" + "0".repeat(40))).isEqualTo(401);
      assertThat(client).containsEntry("TEMPORAL_API_KEY", "");
      try (TemporalConnection connection = TemporalConnection.open(client)) {
        assertThat(connection.address()).isEqualTo(stack.exports().get("TEMPORAL_ADDRESS"));
      }
      assertThat(stack.ui("review-batch/b").toString())
          .endsWith("/namespaces/default/workflows/review-batch%2Fb");
    }
  }

  @Test
  void theNextStackOnTheFolderHasTheSameStoreAndTheSameKey() {
    String key;
    String store;
    try (EmbeddedStack first = start(Map.of())) {
      key = first.exports().get("E2B_API_KEY");
      store = first.store().storeId();
    }
    try (EmbeddedStack second = start(Map.of())) {
      assertThat(second.exports()).containsEntry("E2B_API_KEY", key);
      assertThat(second.store().storeId()).isEqualTo(store);
    }
  }

  @Test
  void aSecondStackOnTheFolderIsRefusedAndTheFirstGoesOn() throws IOException {
    try (EmbeddedStack first = start(Map.of())) {
      assertThatThrownBy(() -> start(Map.of()))
          .isInstanceOfSatisfying(
              CommandException.class, e -> assertThat(e.getExitCode()).isEqualTo(2))
          .hasMessageContaining(folder.resolve("data").toString());
      assertThat(status(first.ui(), "")).isEqualTo(200);
    }
  }

  /** An account elsewhere, which speaks as E2B does. */
  private LocalSandboxServer account() throws IOException {
    return new LocalSandboxServer(
            LocalSandboxOptions.builder(folder.resolve("account"))
                .isolation(Isolation.detect())
                .build())
        .start();
  }

  @Test
  void aKeyForE2bSwapsTheSandboxesAlone() throws IOException {
    try (LocalSandboxServer account = account();
        EmbeddedStack stack = start(account.environment())) {
      assertThat(stack.sandboxes().toString()).isEqualTo(account.environment().get("E2B_API_URL"));
      assertThat(stack.exports()).doesNotContainKey("E2B_API_KEY");
    }
  }

  @Test
  void aKeyThatE2bRefusesIsSaidBeforeAnythingWaitsForIt() throws IOException {
    try (LocalSandboxServer account = account()) {
      Map<String, String> wrong = new HashMap<>(account.environment());
      wrong.put("E2B_API_KEY", "e2b_" + "0".repeat(40));
      assertThatThrownBy(() -> start(wrong))
          .isInstanceOfSatisfying(
              CommandException.class, e -> assertThat(e.getExitCode()).isEqualTo(5))
          .hasMessageContaining("refuses the key; set E2B_API_KEY");
    }
  }

  @Test
  void anE2bThatDoesNotAnswerIsSaidBeforeAnythingWaitsForIt() {
    assertThatThrownBy(
            () -> start(Map.of("E2B_API_KEY", "e2b_any", "E2B_API_URL", "http://127.0.0.1:9")))
        .isInstanceOfSatisfying(
            CommandException.class, e -> assertThat(e.getExitCode()).isEqualTo(5))
        .hasMessageContaining("E2B: http://127.0.0.1:9 does not answer")
        .hasMessageContaining("check the network, or E2B_DOMAIN and E2B_API_URL");
  }

  @Test
  void theSampleRepositoriesAreTheSameCommitsEachTime() {
    List<Path> first = SampleRepositories.in(folder.resolve("a"));
    List<Path> again = SampleRepositories.in(folder.resolve("a"));
    List<Path> second = SampleRepositories.in(folder.resolve("b"));

    assertThat(first).hasSize(3).isEqualTo(again);
    assertThat(first.stream().map(EmbeddedStackIT::head))
        .containsExactlyElementsOf(second.stream().map(EmbeddedStackIT::head).toList());
  }

  private static String head(Path repository) {
    return ShortCommand.of(Waiting.LONG, "git", "-C", repository.toString(), "log", "-1")
        .run()
        .output();
  }

  private static int status(URI address, String key) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
    if (!key.isEmpty()) {
      connection.setRequestProperty("X-API-KEY", key);
    }
    int status = connection.getResponseCode();
    connection.disconnect();
    return status;
  }
}
