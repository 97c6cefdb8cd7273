package dev.repofleet.e2b.local.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.repofleet.e2b.local.Awaiting;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ScriptedModelTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void streamsATextAndEntersItInTheLedger() throws Exception {
    try (ScriptedModel model = ScriptedModel.start(conversation -> Reply.text("Hello"))) {
      String body = RequestBodies.session("one").prompt("Hi").json();
      String events = post(model, body).body();

      assertThat(events)
          .contains("event: message_start", "\"text\":\"Hello\"", "\"stop_reason\":\"end_turn\"")
          .endsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
      Awaiting.until("the answer is noted", () -> model.ledger().totals("one").answered() == 1);
      Ledger.Call call = model.ledger().calls("one").get(0);
      assertThat(call.model()).isEqualTo("some-model");
      assertThat(call.messages()).isEqualTo(2);
      assertThat(call.usage().cacheWriteTokens()).isPositive();
      assertThat(events).contains("\"input_tokens\":" + call.usage().inputTokens());
    }
  }

  @Test
  void answersTheSameConversationAlikeUnderANewMessageId() throws Exception {
    try (ScriptedModel model = ScriptedModel.start(new ReviewScenario(ReviewOptions.DEFAULTS))) {
      String body = RequestBodies.session("one").prompt("Hi").streaming(false).json();
      JsonNode first = JSON.readTree(post(model, body).body());
      JsonNode second = JSON.readTree(post(model, body).body());

      assertThat(first.path("content")).isEqualTo(second.path("content"));
      assertThat(first.path("usage")).isEqualTo(second.path("usage"));
      assertThat(first.path("id")).isNotEqualTo(second.path("id"));
      assertThat(model.ledger().calls())
          .extracting(Ledger.Call::conversation)
          .containsOnly(model.ledger().calls().get(0).conversation());
    }
  }

  @Test
  void refusesWithStatusTypeAndRetryAfter() throws Exception {
    Reply busy =
        new Reply.ApiError(
            529, "overloaded_error", "busy", Duration.ofSeconds(7), Duration.ofMillis(10));
    try (ScriptedModel model = ScriptedModel.start(conversation -> busy)) {
      HttpResponse<String> response = post(model, RequestBodies.session("x").prompt("Hi").json());

      assertThat(response.statusCode()).isEqualTo(529);
      assertThat(response.headers().firstValue("retry-after")).contains("7");
      assertThat(JSON.readTree(response.body()).at("/error/type").asText())
          .isEqualTo("overloaded_error");
      assertThat(model.ledger().calls().get(0).outcome()).isEqualTo(Ledger.Outcome.REFUSED);
      assertThat(model.ledger().totals().usage()).isEqualTo(Usage.NONE);
    }
  }

  @Test
  void notesACallWhoseClientWentAwayBeforeTheAnswer() throws Exception {
    Reply slow = Reply.text("late").after(Duration.ofMinutes(5));
    try (ScriptedModel model = ScriptedModel.start(conversation -> slow)) {
      String body = RequestBodies.session("gone").prompt("Hi").json();
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), model.uri().getPort())) {
        OutputStream out = socket.getOutputStream();
        String head = "POST /v1/messages?beta=true HTTP/1.1\r\nHost: localhost\r\nContent-Length: ";
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        out.write((head + length + "\r\n\r\n" + body).getBytes(StandardCharsets.UTF_8));
        out.flush();
        assertThat(socket.getInputStream().read()).isEqualTo('H');
      }
      Awaiting.until("the call is abandoned", () -> outcome(model) == Ledger.Outcome.ABANDONED);
      assertThat(model.ledger().totals("gone").usage()).isEqualTo(Usage.NONE);
      assertThat(model.ledger().totals("gone").abandonedUsage().inputTokens()).isPositive();
    }
  }

  @Test
  void turnsAScenarioThatThrowsIntoAnErrorOfTheServer() throws Exception {
    Scenario broken =
        conversation -> {
          throw new IllegalStateException("no line left");
        };
    try (ScriptedModel model = ScriptedModel.start(broken)) {
      HttpResponse<String> response = post(model, RequestBodies.session("x").prompt("Hi").json());
      assertThat(response.statusCode()).isEqualTo(500);
      assertThat(response.body()).contains("no line left");
    }
  }

  @Test
  void servesTheLedgerAndTheTokenCountToOtherProcesses() throws Exception {
    try (ScriptedModel model = ScriptedModel.start(conversation -> Reply.text("Hello"))) {
      post(model, RequestBodies.session("one").prompt("Hi").json());
      Awaiting.until("the answer is noted", () -> model.ledger().totals().answered() == 1);
      HttpRequest get = HttpRequest.newBuilder(model.uri().resolve("/ledger")).build();
      JsonNode ledger = JSON.readTree(client.send(get, text()).body());

      assertThat(ledger.at("/totals/calls").asInt()).isEqualTo(1);
      assertThat(ledger.at("/sessions/one/usage/inputTokens").asLong())
          .isEqualTo(model.ledger().totals().usage().inputTokens());
      assertThat(ledger.at("/calls/0/outcome").asText()).isEqualTo("ANSWERED");
      URI count = model.uri().resolve("/v1/messages/count_tokens");
      HttpResponse<String> tokens = post(count, "{\"messages\":[]}");
      assertThat(JSON.readTree(tokens.body()).path("input_tokens").asInt()).isEqualTo(4);
    }
  }

  @Test
  void saysWhichPortIsBusy() {
    try (ScriptedModel model = ScriptedModel.start(conversation -> Reply.text("Hello"))) {
      int port = model.uri().getPort();
      assertThatThrownBy(() -> ScriptedModel.start(port, conversation -> Reply.text("x")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("127.0.0.1:" + port);
    }
  }

  @Test
  void readsTheSessionOutOfBothFormsOfTheUserId() {
    String id = "8461fbb0-93d9-441c-8d7d-4528b4a96d69";
    assertThat(SessionId.of("{\"session_id\":\"" + id + "\"}")).isEqualTo(id);
    assertThat(SessionId.of("user_ab_account__session_" + id)).isEqualTo(id);
    assertThat(SessionId.of("{broken")).isNull();
    assertThat(SessionId.of("")).isNull();
  }

  private static Ledger.Outcome outcome(ScriptedModel model) {
    return model.ledger().calls().get(0).outcome();
  }

  private HttpResponse<String> post(ScriptedModel model, String body) throws Exception {
    return post(model.uri().resolve("/v1/messages?beta=true"), body);
  }

  private HttpResponse<String> post(URI uri, String body) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(body)).build();
    return client.send(request, text());
  }

  private static HttpResponse.BodyHandler<String> text() {
    return Objects.requireNonNull(HttpResponse.BodyHandlers.ofString());
  }
}
