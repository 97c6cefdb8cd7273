package dev.repofleet.starter.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.util.JsonFormat;
import dev.repofleet.workflows.client.encryption.EncryptionKeys;
import dev.repofleet.workflows.client.encryption.PayloadEncryption;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.payload.codec.PayloadCodec;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CodecServerTest {
  private static final String UI = "http://localhost:8233";
  private static final Payload PLAIN =
      DefaultDataConverter.STANDARD_INSTANCE.toPayload("github.com/acme/plans").orElseThrow();

  private final HttpClient client = HttpClient.newHttpClient();
  private PayloadCodec codec;
  private CodecServer server;

  private static PayloadCodec codec(String id) {
    String keys = id + ":" + Base64.getEncoder().encodeToString(new byte[32]);
    return PayloadEncryption.codec(
        PayloadEncryption.keys(Map.of(EncryptionKeys.VARIABLE, keys)).orElseThrow());
  }

  @BeforeEach
  void start() {
    codec = codec("one");
    server =
        new CodecServer(
            "127.0.0.1", 0, codec, UiOrigins.of(URI.create("http://127.0.0.1:8233"))::contains);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(server.uri().resolve(path)).header("Origin", UI);
  }

  private HttpResponse<String> post(String path, List<Payload> payloads) throws IOException {
    String body =
        JsonFormat.printer().print(Payloads.newBuilder().addAllPayloads(payloads).build());
    return send(to(path).POST(BodyPublishers.ofString(body)));
  }

  private static List<Payload> payloads(HttpResponse<String> answer) throws IOException {
    Payloads.Builder payloads = Payloads.newBuilder();
    JsonFormat.parser().merge(answer.body(), payloads);
    return payloads.getPayloadsList();
  }

  @Test
  void theUiDecodesWhatIsEncryptedAndKeepsWhatIsNot() throws IOException {
    HttpResponse<String> answer =
        post("/decode", List.of(codec.encode(List.of(PLAIN)).get(0), PLAIN));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).contains(UI);
    assertThat(payloads(answer)).containsExactly(PLAIN, PLAIN);
  }

  @Test
  void whatTheUiSendsIsEncrypted() throws IOException {
    List<Payload> encoded = payloads(post("/encode", List.of(PLAIN)));
    assertThat(PayloadEncryption.keyOf(encoded.get(0))).contains("one");
    assertThat(codec.decode(encoded)).containsExactly(PLAIN);
  }

  @Test
  void aBrowserIsToldBeforehandWhatItMaySend() {
    HttpResponse<String> answer = send(to("/decode").method("OPTIONS", BodyPublishers.noBody()));
    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(answer.headers().firstValue("Access-Control-Allow-Headers").orElseThrow())
        .contains("Content-Type", "X-Namespace");
  }

  @Test
  void aPageOfAnybodyElseIsRefused() throws IOException {
    String body =
        JsonFormat.printer()
            .print(Payloads.newBuilder().addPayloads(codec.encode(List.of(PLAIN)).get(0)).build());
    for (String method : List.of("POST", "OPTIONS")) {
      HttpResponse<String> answer =
          send(
              HttpRequest.newBuilder(server.uri().resolve("/decode"))
                  .header("Origin", "http://evil.example:8233")
                  .method(method, BodyPublishers.ofString(body)));
      assertThat(answer.statusCode()).isEqualTo(403);
      assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
      assertThat(answer.body()).doesNotContain("payloads");
    }
  }

  @Test
  void whatItCannotReadIsSaid() throws IOException {
    HttpResponse<String> unknown = post("/decode", codec("two").encode(List.of(PLAIN)));
    assertThat(unknown.statusCode()).isEqualTo(400);
    assertThat(unknown.body()).contains("key 'two'");
    assertThat(send(to("/decode").POST(BodyPublishers.ofString("{"))).statusCode()).isEqualTo(400);
    assertThat(send(to("/decode").GET()).statusCode()).isEqualTo(405);
    assertThat(send(to("/other").GET()).statusCode()).isEqualTo(404);
  }

  /** Else any few peers would keep it from the UI. How long it waits for them is the process's. */
  @Test
  @Timeout(60)
  void peersThatSendHalfARequestSilenceNobody() throws IOException {
    try (HalfRequests peers = HalfRequests.open(server.uri(), 3)) {
      for (int i = 0; i < peers.count(); i++) {
        assertThat(post("/encode", List.of(PLAIN)).statusCode()).isEqualTo(200);
      }
    }
  }

  @Test
  void aPortThatIsTakenIsNamed() {
    int port = server.uri().getPort();
    assertThatThrownBy(() -> new CodecServer("127.0.0.1", port, codec, origin -> true))
        .hasMessageContaining("can't listen on 127.0.0.1:" + port);
  }

  @Test
  void aUiOnLoopbackHasTwoNamesAndAnyOtherOne() {
    assertThat(UiOrigins.of(URI.create("http://localhost:8233/namespaces")))
        .containsExactly("http://127.0.0.1:8233", "http://localhost:8233");
    assertThat(UiOrigins.of(URI.create("https://temporal.example/")))
        .containsExactly("https://temporal.example");
    assertThat(UiOrigins.of(URI.create("HTTPS://Temporal.Example:443/namespaces")))
        .containsExactly("https://temporal.example");
    assertThat(UiOrigins.of(URI.create("http://temporal.example:443")))
        .containsExactly("http://temporal.example:443");
    assertThatThrownBy(() -> UiOrigins.of(URI.create("file:/etc/passwd")))
        .hasMessageContaining("no web address");
  }
}
