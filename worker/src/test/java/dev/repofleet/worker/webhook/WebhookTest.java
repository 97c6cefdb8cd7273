package dev.repofleet.worker.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.activities.batch.BatchNotice;
import dev.repofleet.workflows.activities.batch.NoticeKind;
import dev.repofleet.workflows.activities.batch.WebhookActivities;
import dev.repofleet.workflows.progress.BatchStatus;
import dev.repofleet.workflows.progress.BatchTally;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookTest {
  private static final byte[] KEY = "twenty-four bytes at least!".getBytes(UTF_8);
  private static final String SECRET = "whsec_" + Base64.getEncoder().encodeToString(KEY);
  private static final Instant NOW = Instant.ofEpochSecond(1_700_000_100);

  private static final BatchNotice NOTICE =
      new BatchNotice(
          NoticeKind.ENDED,
          "repofleet",
          "nightly",
          1_700_000_000_000L,
          BatchStatus.STOPPED_BUDGET,
          "the budget is used up",
          3,
          new BatchTally(
              Map.of(RepositoryStatus.COMPLETE, 2),
              new SeverityCounts(0, 1, 0, 0, 0),
              UsageTotals.NONE));

  private final MockWebServer server = new MockWebServer();

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Map<String, String> environment() {
    return Map.of(Webhook.URL, server.url("/hook/T0KEN").toString(), Webhook.SECRET, SECRET);
  }

  private static void send(Map<String, String> environment) {
    TestActivityEnvironment activities = TestActivityEnvironment.newInstance();
    try (WebhookActivitiesImpl webhook =
        new WebhookActivitiesImpl(Webhook.of(environment), Clock.fixed(NOW, ZoneOffset.UTC))) {
      activities.registerActivitiesImplementations(webhook);
      activities.newActivityStub(WebhookActivities.class).sendWebhook(NOTICE);
    } finally {
      activities.close();
    }
  }

  @Test
  void saysWhatHappenedAndIsSignedAsTheStandardHasIt() throws Exception {
    server.enqueue(new MockResponse.Builder().code(204).build());

    send(environment());

    RecordedRequest request = server.takeRequest();
    String body = request.getBody().utf8();
    String id = request.getHeaders().get("webhook-id");
    assertThat(id).startsWith("msg_");
    assertThat(request.getHeaders().get("webhook-timestamp")).isEqualTo("1700000100");
    assertThat(request.getHeaders().get("webhook-signature"))
        .isEqualTo("v1," + hmac(id + ".1700000100." + body));
    assertThat(ArtifactJson.newMapper().readTree(body))
        .isEqualTo(
            ArtifactJson.newMapper()
                .readTree(
                    """
                    {"type": "batch.ended", "timestamp": "2023-11-14T22:13:20Z",
                     "data": {"batch": "nightly", "fleet": "repofleet",
                       "workflowId": "review-batch/nightly", "status": "stopped_budget",
                       "reason": "the budget is used up", "repositories": 3,
                       "totals": {"complete": 2},
                       "findings": {"critical": 0, "high": 1, "medium": 0, "low": 0, "info": 0},
                       "costUsd": 0.0}}"""));
  }

  private static String hmac(String text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
    return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(UTF_8)));
  }

  @Test
  void isNotSignedWithoutAKey() throws Exception {
    server.enqueue(new MockResponse.Builder().code(200).build());

    send(Map.of(Webhook.URL, server.url("/").toString()));

    assertThat(server.takeRequest().getHeaders().get("webhook-signature")).isNull();
  }

  @Test
  void isSentNowhereWithoutAnAddress() {
    send(Map.of());

    assertThat(server.getRequestCount()).isZero();
  }

  @Test
  void namesNoAddressWhenItIsRefusedAndIsNotTriedAgain() {
    server.enqueue(
        new MockResponse.Builder().code(302).addHeader("location", "https://else.test/").build());

    assertThatThrownBy(() -> send(environment()))
        .isInstanceOf(ActivityFailure.class)
        .cause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class, failure -> assertThat(failure.isNonRetryable()).isTrue())
        .hasMessageContaining("answered with HTTP 302")
        .hasMessageNotContaining("T0KEN");
    assertThat(server.getRequestCount()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 503})
  void isTriedAgainWhenTheAnswerMayBeAnotherSoon(int status) {
    server.enqueue(new MockResponse.Builder().code(status).build());

    assertThatThrownBy(() -> send(environment()))
        .cause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class, failure -> assertThat(failure.isNonRetryable()).isFalse());
  }

  @Test
  void namesNoAddressWhenNobodyIsThere() {
    Map<String, String> environment = environment();
    server.close();

    assertThatThrownBy(() -> send(environment))
        .hasStackTraceContaining("can't be reached")
        .satisfies(failure -> assertThat(stack(failure)).doesNotContain("T0KEN"));
  }

  private static String stack(Throwable failure) {
    StringBuilder text = new StringBuilder();
    for (Throwable link = failure; link != null; link = link.getCause()) {
      text.append(link).append('\n');
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no address",
        "http://hooks.example/S3CRET",
        "ftp://hooks.example/S3CRET",
        "https://me:S3CRET@hooks.example/"
      })
  void refusesAnAddressThatCantBeUsedWithoutSayingIt(String url) {
    assertThatThrownBy(() -> Webhook.of(Map.of(Webhook.URL, url)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("REPOFLEET_WEBHOOK_URL")
        .hasMessageNotContaining("S3CRET");
  }

  @ParameterizedTest
  @ValueSource(strings = {"S3CRET", "whsec_S3CRET", "whsec_!!!", "whsec_"})
  void refusesAKeyThatCantBeUsedWithoutSayingIt(String secret) {
    assertThatThrownBy(
            () -> Webhook.of(Map.of(Webhook.URL, "https://hooks.example/", Webhook.SECRET, secret)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("REPOFLEET_WEBHOOK_SECRET")
        .hasMessageNotContaining("S3CRET");
  }

  @Test
  void refusesAKeyWithoutAnAddress() {
    assertThatThrownBy(() -> Webhook.of(Map.of(Webhook.SECRET, SECRET)))
        .hasMessageContaining("REPOFLEET_WEBHOOK_URL is not");
  }

  @Test
  void isShownWithoutItsAddress() {
    assertThat(
            Webhook.of(Map.of(Webhook.URL, "https://hooks.example/T0KEN")).map(Webhook::toString))
        .isEqualTo(Optional.of("the webhook in REPOFLEET_WEBHOOK_URL"));
  }
}
