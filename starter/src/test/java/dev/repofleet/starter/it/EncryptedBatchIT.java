package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.JsonFormat;
import dev.repofleet.starter.codec.HalfRequests;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.client.encryption.EncryptionKeys;
import dev.repofleet.workflows.client.encryption.PayloadEncryption;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A fleet whose payloads Temporal's server can't read, and the ways in for who has the keys. */
@Timeout(value = 90, unit = TimeUnit.MINUTES)
@Execution(ExecutionMode.CONCURRENT)
class EncryptedBatchIT {
  private static final String NAME = "zanzibar";

  /** How often a local activity was tried, and when first. */
  private static final Pattern LOCAL_ACTIVITY =
      Pattern.compile("\\{\"firstSkd\":\\d+,\"atpt\":\\d+,\"backoff\":[^{}]*}");

  private static final String ONE = "one:" + key(1);
  private static final String TWO = "two:" + key(2);

  private static final int ITS_THREADS = 4;

  @TempDir Path folder = Path.of("");

  private static String key(int first) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) first;
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Test
  void whatTemporalKeepsIsReadWithTheKeysAloneAndKeysAreTurnedOver() throws Exception {
    Prerequisites.requireSandboxes();
    SmallRepositories.commit(folder, NAME);
    try (SeparateFleet fleet =
        new SeparateFleet("EncryptedBatchIT", folder, Path.of("/bin/true"), Map.of())) {
      fleet.set(EncryptionKeys.VARIABLE, ONE);
      SeparateFleet.Worker first = fleet.polling(fleet.launchWorker("first", 4));
      review(fleet, "secret");
      HistoryPayloads histories = new HistoryPayloads(fleet.temporal());
      assertUnreadable(histories.all(), "one");
      theUiDecodes(fleet, histories.all());
      whoHasNoKeyIsTold(fleet);

      fleet.set(EncryptionKeys.VARIABLE, TWO + "," + ONE);
      first.process().kill();
      SeparateFleet.Worker second = fleet.polling(fleet.launchWorker("second", 4));
      review(fleet, "later");
      FleetProcess followUp =
          fleet.start("follow-up", "follow-up", "secret", NAME, "Look once more.");
      assertThat(followUp.awaitExit(Waiting.LONG)).as(followUp.tail()).isZero();
      assertThat(keys(histories.all())).containsOnlyKeys("one", "two");
      assertThat(fleet.logs(List.of(first.process(), second.process(), followUp)))
          .doesNotContain(key(1), key(2));
    }
  }

  private static void review(SeparateFleet fleet, String batch) {
    FleetProcess review =
        fleet.start(
            batch, "review", "--agent", "rehearsal", "--no-cache", "--batch", batch, "./" + NAME);
    assertThat(review.awaitExit(Waiting.LONG)).as(review.tail()).isZero();
    FleetProcess status = fleet.start("status-" + batch, "status", batch);
    assertThat(status.awaitExit(Waiting.LONG)).as(status.tail()).isZero();
    assertThat(status.out()).contains(NAME, "complete");
  }

  /** What the SDK itself notes down in plain says nothing of the work. */
  private static void assertUnreadable(List<Payload> payloads, String key) {
    assertThat(keys(payloads)).containsOnlyKeys(key);
    assertThat(keys(payloads).get(key)).as("encrypted").isGreaterThan(40);
    assertThat(payloads)
        .filteredOn(payload -> PayloadEncryption.keyOf(payload).isEmpty())
        .extracting(payload -> payload.getData().toString(StandardCharsets.UTF_8))
        .filteredOn(plain -> !LOCAL_ACTIVITY.matcher(plain).matches())
        .allSatisfy(plain -> assertThat(plain).doesNotContain(NAME, "artifacts", "{", "security"));
  }

  private static Map<String, Long> keys(List<Payload> payloads) {
    return payloads.stream()
        .map(PayloadEncryption::keyOf)
        .flatMap(Optional::stream)
        .collect(Collectors.groupingBy(id -> id, Collectors.counting()));
  }

  private static void theUiDecodes(SeparateFleet fleet, List<Payload> payloads)
      throws IOException, InterruptedException {
    FleetProcess codec = fleet.start("codec", "codec", "--port", "0");
    URI endpoint =
        URI.create(codec.awaitOut(Pattern.compile("http://127.0.0.1:\\d+"), Waiting.LONG).group());
    String asked = JsonFormat.printer().print(Payloads.newBuilder().addAllPayloads(payloads));
    Payloads.Builder decoded = Payloads.newBuilder();
    try (HalfRequests peers = HalfRequests.open(endpoint, ITS_THREADS)) {
      peers.awaitGivenUp(Waiting.LONG);
      HttpResponse<String> answer =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(endpoint.resolve("/decode"))
                      .header("Origin", "http://127.0.0.1:8233")
                      .header("Content-Type", "application/json")
                      .header("X-Namespace", "default")
                      .timeout(Waiting.LONG)
                      .POST(BodyPublishers.ofString(asked))
                      .build(),
                  BodyHandlers.ofString());
      JsonFormat.parser().merge(answer.body(), decoded);
    }
    assertThat(decoded.getPayloadsList())
        .hasSameSizeAs(payloads)
        .allSatisfy(payload -> assertThat(PayloadEncryption.keyOf(payload)).isEmpty())
        .anySatisfy(
            payload ->
                assertThat(payload.getData().toString(StandardCharsets.UTF_8)).contains(NAME));
    codec.kill();
  }

  private static void whoHasNoKeyIsTold(SeparateFleet fleet) {
    fleet.set(EncryptionKeys.VARIABLE, "");
    String sentence = "encrypted with key 'one'";
    FleetProcess pool = fleet.start("no-key-pool", "pool", "show");
    assertThat(pool.awaitExit(Waiting.LONG)).as(pool.tail()).isEqualTo(5);
    assertThat(pool.err()).contains(sentence, "REPOFLEET_ENCRYPTION_KEYS");
    FleetProcess review = fleet.start("no-key-review", "review", "--detach", "./" + NAME);
    assertThat(review.awaitExit(Waiting.LONG)).as(review.tail()).isEqualTo(5);
    assertThat(review.err()).contains(sentence).doesNotContain("Batch ");
    FleetProcess worker = fleet.launchWorker("no-key-worker", 1);
    assertThat(worker.awaitExit(Waiting.LONG)).as(worker.tail()).isEqualTo(5);
    assertThat(worker.err()).contains(sentence, "REPOFLEET_ENCRYPTION_KEYS");
    FleetProcess doctor = fleet.start("no-key-doctor", "doctor");
    assertThat(doctor.awaitExit(Waiting.LONG)).as(doctor.tail()).isEqualTo(5);
    assertThat(doctor.out()).containsPattern("failed +encryption");
    FleetProcess list = fleet.start("no-key-list", "list");
    assertThat(list.awaitExit(Waiting.LONG)).as(list.tail()).isZero();
    assertThat(list.out()).contains("secret");
  }
}
