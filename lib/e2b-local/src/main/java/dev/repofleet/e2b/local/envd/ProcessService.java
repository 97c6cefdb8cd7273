package dev.repofleet.e2b.local.envd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.http.EventStream;
import dev.repofleet.e2b.local.http.Exchange;
import dev.repofleet.e2b.local.http.InputFrames;
import dev.repofleet.e2b.local.http.RequestInputStream;
import dev.repofleet.e2b.local.http.StreamCall;
import dev.repofleet.e2b.local.machine.LinuxUser;
import dev.repofleet.e2b.local.machine.ProcessConfig;
import dev.repofleet.e2b.local.machine.SandboxLauncher;
import dev.repofleet.e2b.local.machine.TerminalSize;
import dev.repofleet.e2b.local.sandbox.ProcessSelector;
import dev.repofleet.e2b.local.sandbox.ProcessTable;
import dev.repofleet.e2b.local.sandbox.Sandbox;
import dev.repofleet.e2b.local.sandbox.SandboxProcess;
import dev.repofleet.e2b.local.wire.ConnectFrames;
import dev.repofleet.e2b.local.wire.HttpReply;
import dev.repofleet.e2b.local.wire.Redaction;
import dev.repofleet.e2b.local.wire.RpcCode;
import dev.repofleet.e2b.local.wire.RpcException;
import dev.repofleet.e2b.local.wire.Wire;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** envd's process.Process (E2B contract, 4). Thread-safe. */
public final class ProcessService {
  private final SandboxLauncher timers;

  public ProcessService(SandboxLauncher timers) {
    this.timers = timers;
  }

  void handle(Exchange exchange, Sandbox sandbox, String method) {
    switch (method) {
      case "Start" -> stream(exchange, sandbox, true);
      case "Connect" -> stream(exchange, sandbox, false);
      case "StreamInput" -> streamInput(exchange, sandbox);
      case "List", "SendInput", "CloseStdin", "SendSignal", "Update" ->
          exchange.answer(
              body -> {
                user(exchange, sandbox);
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
      case "Update" -> resize(process, request.path("pty"));
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

  private static LinuxUser user(Exchange exchange, Sandbox sandbox) {
    return LinuxUser.fromBasic(exchange.header("Authorization"), sandbox.image().user());
  }

  private static void resize(SandboxProcess process, JsonNode pty) throws IOException {
    if (process.config().terminal() == null) {
      throw new RpcException(
          RpcCode.FAILED_PRECONDITION, "the process was started without a terminal (pty)");
    }
    process.resize(TerminalSize.of(pty));
  }

  private static void sendInput(SandboxProcess process, JsonNode input) throws IOException {
    boolean terminal = process.config().terminal() != null;
    String channel = terminal ? "pty" : "stdin";
    if (!input.hasNonNull(channel)) {
      throw new RpcException(RpcCode.INVALID_ARGUMENT, "input." + channel + " is missing");
    }
    if (!process.config().stdin()) {
      throw new RpcException(
          RpcCode.FAILED_PRECONDITION, "stdin is not open: the process was started without it");
    }
    try {
      process.write(Base64.getDecoder().decode(input.get(channel).asText()));
    } catch (IllegalArgumentException malformed) {
      throw new RpcException(RpcCode.INVALID_ARGUMENT, "input." + channel + " is not base64");
    }
  }

  /** Input as one stream of messages; answered when the client has ended it. */
  private static void streamInput(Exchange exchange, Sandbox sandbox) {
    if (!StreamCall.accepts(exchange)) {
      return;
    }
    RequestInputStream body = new RequestInputStream(exchange.request());
    exchange.run(
        () -> {
          Buffer answer = Buffer.buffer();
          try {
            feed(sandbox, new InputFrames(body));
            answer
                .appendBytes(ConnectFrames.message(Wire.object()))
                .appendBytes(ConnectFrames.end());
          } catch (RpcException refused) {
            answer.appendBytes(ConnectFrames.end(refused));
          }
          return new HttpReply(200, StreamCall.CONTENT_TYPE, Map.of(), answer);
        });
  }

  private static void feed(Sandbox sandbox, InputFrames frames) throws IOException {
    SandboxProcess process = null;
    for (Optional<ObjectNode> next = frames.next(); next.isPresent(); next = frames.next()) {
      ObjectNode message = next.get();
      if (message.get("start") instanceof ObjectNode start) {
        ProcessSelector selector = ProcessSelector.of(start);
        process = sandbox.processes().live(selector).orElseThrow(selector::notFound);
      } else if (message.has("data")) {
        if (process == null) {
          throw new RpcException(RpcCode.INVALID_ARGUMENT, "the first message must be start");
        }
        sendInput(process, message.path("data").path("input"));
      }
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
    StreamCall.open(
        exchange,
        timers,
        EventStream.KEEPALIVE,
        (call, body) -> {
          ObjectNode request = ConnectFrames.request(body);
          if (start) {
            begin(exchange, sandbox, request, call.stream(), call.timeout());
          } else {
            ProcessSelector selector = ProcessSelector.of(request);
            SandboxProcess process =
                sandbox.processes().known(selector).orElseThrow(selector::notFound);
            follow(process, call.stream(), call.timeout());
            process.attach(call.stream());
          }
        });
  }

  private void begin(
      Exchange exchange,
      Sandbox sandbox,
      ObjectNode request,
      EventStream stream,
      Optional<Duration> timeout)
      throws IOException, InterruptedException {
    ProcessConfig config = ProcessConfig.of(request).in(sandbox.image().directory());
    SandboxProcess process = sandbox.processes().start(config, user(exchange, sandbox));
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
}
