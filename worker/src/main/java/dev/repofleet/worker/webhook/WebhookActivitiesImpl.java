package dev.repofleet.worker.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.activities.batch.BatchNotice;
import dev.repofleet.workflows.activities.batch.WebhookActivities;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInfo;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * Sends notices as webhooks by the Standard Webhooks specification 1.0.0: a JSON body of {@code
 * type}, {@code timestamp} and {@code data}, and the headers {@code webhook-id}, {@code
 * webhook-timestamp} and, with a key, {@code webhook-signature}. The id is the same for each
 * attempt at a notice. Redirects are not followed, and answers not read. Thread-safe.
 */
public final class WebhookActivitiesImpl implements WebhookActivities, AutoCloseable {
  private static final MediaType JSON = MediaType.get("application/json");
  private static final String HMAC = "HmacSHA256";
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int REQUEST_TIMEOUT = 408;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_ERROR = 500;

  private final Optional<Webhook> webhook;
  private final Clock clock;
  private final OkHttpClient http =
      new OkHttpClient.Builder()
          .followRedirects(false)
          .followSslRedirects(false)
          .callTimeout(TIMEOUT)
          // Temporal tries again; OkHttp itself would send a refused POST (408) a second time.
          .retryOnConnectionFailure(false)
          .build();

  /** Sends to a webhook, or nothing at all. */
  public WebhookActivitiesImpl(Optional<Webhook> webhook, Clock clock) {
    this.webhook = webhook;
    this.clock = clock;
  }

  @Override
  public void sendWebhook(BatchNotice notice) {
    if (webhook.isEmpty()) {
      return;
    }
    Webhook to = webhook.get();
    try (Response response = http.newCall(request(to, notice)).execute()) {
      if (!response.isSuccessful()) {
        throw refused(to, response.code());
      }
    } catch (IOException e) {
      // Its message may name the address.
      throw FailureMapper.passing(
          Cause.INTERNAL, to + " can't be reached: " + e.getClass().getSimpleName(), null);
    }
  }

  private static ApplicationFailure refused(Webhook to, int status) {
    String message = to + " answered with HTTP " + status;
    boolean passes =
        status == REQUEST_TIMEOUT || status == TOO_MANY_REQUESTS || status >= SERVER_ERROR;
    return passes
        ? FailureMapper.passing(Cause.INTERNAL, message, null)
        : FailureMapper.refusal(Cause.INTERNAL, message, null, null);
  }

  private Request request(Webhook to, BatchNotice notice) {
    String id = id(Activity.getExecutionContext().getInfo());
    String sentAt = Long.toString(clock.instant().getEpochSecond());
    byte[] body = ArtifactJson.line(body(notice)).getBytes(UTF_8);
    Request.Builder request =
        new Request.Builder()
            .url(to.url())
            .header("webhook-id", id)
            .header("webhook-timestamp", sentAt)
            .post(RequestBody.create(body, JSON));
    to.key()
        .ifPresent(
            key -> request.header("webhook-signature", "v1," + signature(key, id, sentAt, body)));
    return request.build();
  }

  private static String id(ActivityInfo activity) {
    String origin = activity.getWorkflowRunId() + "/" + activity.getActivityId();
    return "msg_" + UUID.nameUUIDFromBytes(origin.getBytes(UTF_8));
  }

  private static Map<String, Object> body(BatchNotice notice) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("batch", notice.batch());
    data.put("fleet", notice.fleet());
    data.put("workflowId", Fleet.batchWorkflowId(notice.batch()));
    data.put("status", notice.status());
    if (notice.reason() != null) {
      data.put("reason", notice.reason());
    }
    data.put("repositories", notice.total());
    data.put("totals", notice.tally().byStatus());
    data.put("findings", notice.tally().findings());
    data.put("costUsd", notice.tally().usage().costUsd());
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", notice.kind().code());
    body.put("timestamp", Instant.ofEpochMilli(notice.at()).toString());
    body.put("data", data);
    return body;
  }

  private static String signature(byte[] key, String id, String sentAt, byte[] body) {
    byte[] head = (id + "." + sentAt + ".").getBytes(UTF_8);
    byte[] signed = ByteBuffer.allocate(head.length + body.length).put(head).put(body).array();
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      return Base64.getEncoder().encodeToString(mac.doFinal(signed));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JVM has " + HMAC, e);
    }
  }

  @Override
  public void close() {
    http.dispatcher().executorService().shutdown();
    http.connectionPool().evictAll();
  }
}
