package dev.repofleet.e2b.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** envd's process.Process (E2B contract, 4). Thread-safe. */
final class ProcessService {
  private final SandboxLauncher timers;

  ProcessService(SandboxLauncher timers) {
    this.timers = timers;
  }

  void handle(Exchange exchange, Sandbox sandbox, String method) {
    switch (method) {
      case "Start" -> stream(exchange, sandbox, true);
      case "Connect" -> stream(exchange, sandbox, false);
      case "List", "SendInput", "CloseStdin", "SendSignal" ->
          exchange.answer(
              body -> {
                LinuxUser.fromBasic(exchange.header("Authorization"));
                return HttpReply.json(200, unary(sandbox, method, ConnectFrames.parse(body)));
              });
      default ->
          exchange.reply(
              HttpReply.rpcError(
                  new RpcException(
                      RpcCode.UNIMPLEMENTED,
                      "this local server has no process.Process/" + Redaction.printable(method))));
    }
  }

  private static ObjectNode unary(Sandbox sandbox, String method, ObjectNode request)
      throws IOException {
    ProcessTable table = sandbox.processes();
    if (method.equals("List")) {
      return list(table);
    }
    ProcessSelector selector = ProcessSelector.of(request);
    SandboxProcess process = table.live(selector).orElseThrow(selector::notFound);
    switch (method) {
      case "SendInput" -> sendInput(process, request.path("input"));
      case "CloseStdin" -> process.closeStdin();
      default -> process.signal(isKill(request.path("signal")));
    }
    return Wire.object();
  }

  private static ObjectNode list(ProcessTable table) {
    ObjectNode answer = Wire.object();
    var live = table.live();
    if (live.isEmpty()) {
      return answer;
    }
    ArrayNode processes = answer.putArray("processes");
    for (SandboxProcess process : live) {
      ObjectNode entry = processes.addObject();
      entry.set("config", process.config().json());
      entry.put("pid", process.pid());
      if (process.config().tag() != null) {
        entry.put("tag", process.config().tag());
      }
    }
    return answer;
  }

  private static void sendInput(SandboxProcess process, JsonNode input) throws IOException {
    if (!input.hasNonNull("stdin")) {
      throw new RpcException(RpcCode.INVALID_ARGUMENT, "input.stdin is missing");
    }
    if (!process.config().stdin()) {
      throw new RpcException(
          RpcCode.FAILED_PRECONDITION, "stdin is not open: the process was started without it");
    }
    try {
      process.write(Base64.getDecoder().decode(input.get("stdin").asText()));
    } catch (IllegalArgumentException malformed) {
      throw new RpcException(RpcCode.INVALID_ARGUMENT, "input.stdin is not base64");
    }
  }

  private static boolean isKill(JsonNode signal) {
    return switch (signal.asText("")) {
      case "SIGNAL_SIGKILL", "9" -> true;
      case "SIGNAL_SIGTERM", "15" -> false;
      default ->
          throw new RpcException(
              RpcCode.UNIMPLEMENTED, "only SIGNAL_SIGTERM and SIGNAL_SIGKILL can be sent");
    };
  }

  private void stream(Exchange exchange, Sandbox sandbox, boolean start) {
    String contentType = exchange.header("Content-Type");
    if (contentType == null || !contentType.startsWith("application/connect+json")) {
      exchange.reply(HttpReply.empty(415).withHeader("Accept-Post", "application/connect+json"));
      return;
    }
    ResponseWriter writer = exchange.writer();
    exchange.body(body -> exchange.execute(() -> serve(exchange, sandbox, writer, body, start)));
  }

  private void serve(
      Exchange exchange, Sandbox sandbox, ResponseWriter writer, byte[] body, boolean start) {
    EventStream stream =
        new EventStream(
            writer,
            timers,
            keepalive(exchange.header("Keepalive-Ping-Interval")),
            exchange.strike());
    stream.open();
    try {
      Optional<Duration> timeout = timeout(exchange.header("Connect-Timeout-Ms"));
      ObjectNode request = ConnectFrames.request(body);
      if (start) {
        begin(exchange, sandbox, request, stream, timeout);
      } else {
        ProcessSelector selector = ProcessSelector.of(request);
        SandboxProcess process =
            sandbox.processes().known(selector).orElseThrow(selector::notFound);
        follow(process, stream, timeout);
        process.attach(stream);
      }
    } catch (RpcException refused) {
      stream.fail(refused);
    } catch (IOException failed) {
      stream.fail(
          new RpcException(RpcCode.INTERNAL, "the process did not start: " + failed.getMessage()));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      stream.cut();
    }
  }

  private void begin(
      Exchange exchange,
      Sandbox sandbox,
      ObjectNode request,
      EventStream stream,
      Optional<Duration> timeout)
      throws IOException, InterruptedException {
    LinuxUser user = LinuxUser.fromBasic(exchange.header("Authorization"));
    SandboxProcess process = sandbox.processes().start(ProcessConfig.of(request), user);
    // First the stream's own end: it must be told as a time-out, and not as a kill.
    follow(process, stream, timeout);
    // The limit is the process's, and goes on when the client has left (E2B contract, 4.3).
    timeout.ifPresent(limit -> process.killAfter(limit, timers));
    sandbox.processes().begin(process, List.of(stream));
  }

  private static void follow(
      SandboxProcess process, EventStream stream, Optional<Duration> timeout) {
    timeout.ifPresent(stream::endAfter);
    stream.onRelease(() -> process.detach(stream));
  }

  private static Optional<Duration> timeout(@Nullable String header) {
    if (header == null) {
      return Optional.empty();
    }
    if (!header.matches("\\d{1,10}")) {
      throw new RpcException(RpcCode.INVALID_ARGUMENT, "parse timeout: Connect-Timeout-Ms");
    }
    long millis = Long.parseLong(header);
    if (millis == 0) {
      throw new RpcException(RpcCode.DEADLINE_EXCEEDED, "context deadline exceeded");
    }
    return Optional.of(Duration.ofMillis(millis));
  }

  /** envd dies of an interval below one second; this server takes the least that works. */
  private static Duration keepalive(@Nullable String header) {
    if (header == null || !header.matches("-?\\d{1,9}")) {
      return EventStream.DEFAULT_KEEPALIVE;
    }
    return Duration.ofSeconds(Math.max(1, Integer.parseInt(header)));
  }
}
