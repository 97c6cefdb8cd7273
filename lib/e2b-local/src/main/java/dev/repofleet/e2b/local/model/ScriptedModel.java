package dev.repofleet.e2b.local.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Messages API on loopback that plays a {@link Scenario}: the real Claude Code CLI runs against
 * it with {@code ANTHROPIC_BASE_URL} set to {@link #uri()} and any {@code ANTHROPIC_API_KEY}.
 *
 * <p>It answers {@code HEAD /}, {@code POST /v1/messages} (streamed or whole), {@code POST
 * /v1/messages/count_tokens} and, for other processes, {@code GET /ledger}. The key is not looked
 * at and never kept. A delayed reply costs a timer, not a thread, so that hundreds of agents may
 * wait at once.
 *
 * <p>Thread-safe. It starts one event loop; who starts it closes it.
 */
public final class ScriptedModel implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ScriptedModel.class);
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .registerModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);

  /** Well inside the idle time after which clients give a stream up. */
  private static final long PING_MILLIS = 5_000;

  private static final Duration START_LIMIT = Duration.ofSeconds(20);

  private final Scenario scenario;
  private final Ledger ledger = new Ledger(Clock.systemUTC());
  private final String instance = UUID.randomUUID().toString().substring(0, 8);
  private final Vertx vertx;
  private final HttpServer server;

  private ScriptedModel(int port, Scenario scenario) {
    this.scenario = scenario;
    this.vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setFileCachingEnabled(false)
                        .setClassPathResolvingEnabled(false)));
    this.server =
        vertx
            .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(port))
            .requestHandler(this::handle);
  }

  /** Starts on a free port. Blocks until it listens. */
  public static ScriptedModel start(Scenario scenario) {
    return start(0, scenario);
  }

  /**
   * Starts on a port of 127.0.0.1. Blocks until it listens, at most 20 seconds.
   *
   * @param port 0 for a free one
   * @throws IllegalStateException when it can't listen there; nothing is left running
   */
  public static ScriptedModel start(int port, Scenario scenario) {
    ScriptedModel model = new ScriptedModel(port, scenario);
    try {
      await(model.server.listen());
      return model;
    } catch (IllegalStateException failed) {
      model.close();
      throw new IllegalStateException(
          "the scripted model can't listen on 127.0.0.1:" + port + "; name another port, or 0",
          failed);
    }
  }

  /** Where it listens, such as {@code http://127.0.0.1:41234}; for {@code ANTHROPIC_BASE_URL}. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.actualPort());
  }

  /** The calls so far. It stays readable after {@link #close()}. */
  public Ledger ledger() {
    return ledger;
  }

  /**
   * Stops listening and cuts open answers. Blocks for at most 20 seconds; a second call is fine.
   */
  @Override
  public void close() {
    try {
      await(vertx.close());
    } catch (IllegalStateException failed) {
      LOG.warn("The scripted model did not close cleanly", failed);
    }
  }

  private void handle(HttpServerRequest request) {
    boolean post = request.method().equals(HttpMethod.POST);
    if (request.method().equals(HttpMethod.HEAD)) {
      request.response().end();
    } else if (post && request.path().equals("/v1/messages")) {
      withBody(request, body -> messages(request, body));
    } else if (post && request.path().equals("/v1/messages/count_tokens")) {
      withBody(request, body -> countTokens(request, body));
    } else if (request.method().equals(HttpMethod.GET) && request.path().equals("/ledger")) {
      send(request.response(), 200, ledgerNode());
    } else {
      send(
          request.response(),
          404,
          error("not_found_error", "no " + request.method() + " " + request.path()));
    }
  }

  private interface BodyHandler {
    void handle(JsonNode body);
  }

  private static void withBody(HttpServerRequest request, BodyHandler handler) {
    request
        .body()
        .onSuccess(
            buffer -> {
              try {
                handler.handle(JSON.readTree(buffer.getBytes()));
              } catch (java.io.IOException notJson) {
                send(
                    request.response(),
                    400,
                    error("invalid_request_error", "the body is not JSON"));
              }
            });
  }

  private static void countTokens(HttpServerRequest request, JsonNode body) {
    int bytes = bytes(body);
    ObjectNode answer = JSON.createObjectNode();
    answer.put("input_tokens", Usage.of(0, bytes, 0, true).inputTokens());
    send(request.response(), 200, answer);
  }

  private void messages(HttpServerRequest request, JsonNode body) {
    Conversation conversation =
        Conversation.decode(body, request.getHeader("X-Claude-Code-Session-Id"));
    Reply reply;
    try {
      reply = scenario.reply(conversation);
    } catch (RuntimeException broken) {
      LOG.warn("The scenario failed on session {}", conversation.sessionId(), broken);
      reply = new Reply.ApiError(500, "api_error", "the scenario failed: " + broken);
    }
    Asked asked = new Asked(request.response(), body, conversation, digest(conversation));
    if (reply instanceof Reply.ApiError error) {
      refuse(asked, error);
    } else {
      answer(asked, (Reply.Answer) reply);
    }
  }

  /** One request on its way to its answer. */
  private record Asked(
      HttpServerResponse response, JsonNode body, Conversation conversation, String digest) {
    int messages() {
      return body.path("messages").size();
    }
  }

  private void refuse(Asked asked, Reply.ApiError error) {
    int number =
        ledger.open(
            asked.conversation(), asked.messages(), asked.digest(), error.status(), Usage.NONE);
    HttpServerResponse response = asked.response();
    closeWhenGone(response, number);
    if (error.retryAfter() != null) {
      response.putHeader("retry-after", String.valueOf(error.retryAfter().toSeconds()));
    }
    later(
        error.delay(),
        () -> {
          if (response.closed()) {
            return;
          }
          ledger.close(number, Ledger.Outcome.REFUSED);
          send(response, error.status(), error(error.type(), error.message()));
        });
  }

  private void answer(Asked asked, Reply.Answer answer) {
    JsonNode body = asked.body();
    int prefix = bytes(body.path("system")) + bytes(body.path("tools"));
    Usage usage =
        Usage.of(
            prefix,
            bytes(body.path("messages")),
            AnswerEvents.contentBytes(answer.blocks()),
            asked.conversation().isFirstCall());
    int number = ledger.open(asked.conversation(), asked.messages(), asked.digest(), 200, usage);
    AnswerEvents events =
        new AnswerEvents(
            "msg_" + instance + "_" + number,
            "toolu_" + asked.digest().substring(0, 20) + "_",
            asked.conversation().model(),
            answer.blocks(),
            usage);
    HttpServerResponse response = asked.response();
    closeWhenGone(response, number);
    if (body.path("stream").asBoolean()) {
      stream(response, number, events, answer.delay());
    } else {
      later(
          answer.delay(),
          () -> {
            if (!response.closed()) {
              send(response, 200, events.whole())
                  .onSuccess(sent -> ledger.close(number, Ledger.Outcome.ANSWERED));
            }
          });
    }
  }

  /**
   * The head of the stream goes out at once, the content after the delay: so a client that is
   * killed while it waits leaves a call that was begun, as with a real model.
   */
  private void stream(
      HttpServerResponse response, int number, AnswerEvents events, Duration delay) {
    response.setChunked(true).putHeader("content-type", "text/event-stream");
    var unused = response.write(events.head());
    long pings =
        vertx.setPeriodic(
            PING_MILLIS,
            id -> {
              if (!response.closed()) {
                var ignored = response.write(AnswerEvents.PING);
              }
            });
    later(
        delay,
        () -> {
          vertx.cancelTimer(pings);
          if (!response.closed()) {
            response
                .end(events.rest())
                .onSuccess(sent -> ledger.close(number, Ledger.Outcome.ANSWERED));
          }
        });
  }

  private void closeWhenGone(HttpServerResponse response, int number) {
    response.closeHandler(gone -> ledger.close(number, Ledger.Outcome.ABANDONED));
    response.exceptionHandler(gone -> ledger.close(number, Ledger.Outcome.ABANDONED));
  }

  private void later(Duration delay, Runnable task) {
    if (delay.isZero()) {
      task.run();
    } else {
      vertx.setTimer(Math.max(1, delay.toMillis()), id -> task.run());
    }
  }

  private JsonNode ledgerNode() {
    ObjectNode node = JSON.createObjectNode();
    node.set("totals", JSON.valueToTree(ledger.totals()));
    node.set("sessions", JSON.valueToTree(ledger.totalsBySession()));
    node.set("calls", JSON.valueToTree(ledger.calls()));
    return node;
  }

  private static Future<Void> send(HttpServerResponse response, int status, JsonNode body) {
    return response
        .setStatusCode(status)
        .putHeader("content-type", "application/json")
        .end(Buffer.buffer(body.toString().getBytes(StandardCharsets.UTF_8)));
  }

  private static ObjectNode error(String type, String message) {
    ObjectNode node = JSON.createObjectNode().put("type", "error");
    node.putObject("error").put("type", type).put("message", message);
    return node;
  }

  private static int bytes(JsonNode node) {
    return node.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  private static String digest(Conversation conversation) {
    try {
      byte[] text = JSON.writeValueAsBytes(conversation.messages());
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
    } catch (JsonProcessingException | NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("a conversation can't be digested", impossible);
    }
  }

  private static void await(Future<?> future) {
    try {
      future
          .toCompletionStage()
          .toCompletableFuture()
          .get(START_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException failed) {
      throw new IllegalStateException(failed.getMessage(), failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupted);
    }
  }
}
