package dev.repofleet.worker.connection;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.workflows.Cause;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SandboxConnectionsTest {
  private static final String SANDBOX = "iaaaaaaaaaaaaaaaaaaaa";

  private final MockWebServer server = new MockWebServer();
  private E2bClient client;

  @BeforeEach
  void start() throws Exception {
    server.start();
    String url = "http://127.0.0.1:" + server.getPort();
    client =
        new E2bClient(E2bOptions.builder().apiKey("e2b_0").apiUrl(url).sandboxUrl(url).build());
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void asksForLessWhereTheAccountsCapAllowsNoMore() throws Exception {
    answer(400, "{\"code\":400,\"message\":\"Max instance length exceeded\"}");
    answer(
        200,
        "{\"sandboxID\":\""
            + SANDBOX
            + "\",\"templateID\":\"claude\",\"clientID\":\"c\",\"envdVersion\":\"0.6.13\"}");

    assertThat(new SandboxConnections(client).connect(SANDBOX, Duration.ofMinutes(55)).sandboxId())
        .isEqualTo(SANDBOX);

    assertThat(body()).contains("3300");
    assertThat(body()).contains("15");
  }

  @Test
  void aSandboxThatIsGoneIsLostForGood() {
    answer(404, "{\"code\":404,\"message\":\"Sandbox not found\"}");

    assertThatThrownBy(() -> new SandboxConnections(client).connect(SANDBOX))
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getType()).isEqualTo(Cause.SANDBOX_LOST.code());
              assertThat(failure.isNonRetryable()).isTrue();
            });
  }

  @Test
  void anApiThatFailsSaysNothingAboutTheSandbox() {
    answer(500, "{\"code\":500,\"message\":\"later\"}");

    assertThatThrownBy(() -> new SandboxConnections(client).connect(SANDBOX))
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getType()).isEqualTo(Cause.INTERNAL.code());
              assertThat(failure.isNonRetryable()).isFalse();
            });
  }

  private void answer(int code, String body) {
    server.enqueue(new MockResponse.Builder().code(code).body(body).build());
  }

  private String body() throws Exception {
    return requireNonNull(server.takeRequest().getBody(), "body").utf8();
  }
}
