package dev.repofleet.e2b.local.envd;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.http.EventStream;
import dev.repofleet.e2b.local.http.Exchange;
import dev.repofleet.e2b.local.http.StreamCall;
import dev.repofleet.e2b.local.machine.DirectoryLooks;
import dev.repofleet.e2b.local.machine.LinuxUser;
import dev.repofleet.e2b.local.machine.SandboxLauncher;
import dev.repofleet.e2b.local.machine.SandboxPaths;
import dev.repofleet.e2b.local.sandbox.Sandbox;
import dev.repofleet.e2b.local.sandbox.Watchers;
import dev.repofleet.e2b.local.wire.ConnectFrames;
import dev.repofleet.e2b.local.wire.RpcException;
import dev.repofleet.e2b.local.wire.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Watches directories, as a stream or to be polled (E2B contract, 5.1). It looks every 200 ms, in
 * the sandbox and as the asking user, so that the kernel decides what is seen. Thread-safe.
 */
public final class WatchService {
  private static final long LOOK_MILLIS = 200;
  private static final byte[] KEEPALIVE =
      ConnectFrames.message("{\"keepalive\":{}}".getBytes(StandardCharsets.US_ASCII));

  private final SandboxLauncher timers;
  private final Executor workers;

  public WatchService(SandboxLauncher timers, Executor workers) {
    this.timers = timers;
    this.workers = workers;
  }

  /** What is done with new events; false ends the watch. */
  private interface Sink {
    boolean accept(List<ObjectNode> events) throws InterruptedException;
  }

  void stream(Exchange exchange, Sandbox sandbox) {
    StreamCall.open(
        exchange, timers, KEEPALIVE, (call, body) -> serve(exchange, sandbox, call, body));
  }

  private void serve(Exchange exchange, Sandbox sandbox, StreamCall call, byte[] body)
      throws IOException, InterruptedException {
    DirectoryWatch watch = open(exchange, sandbox, ConnectFrames.request(body));
    EventStream stream = call.stream();
    sandbox.watchers().attach(stream);
    call.timeout().ifPresent(stream::endAfter);
    var start = Wire.object();
    start.putObject("start");
    if (!stream.send(ConnectFrames.message(start))) {
      watch.close();
      return;
    }
    next(
        watch,
        events -> {
          for (ObjectNode event : events) {
            stream.send(ConnectFrames.message(Wire.object().set("filesystem", event)));
          }
          return !stream.isFinished();
        },
        stream::cut);
  }

  /** Starts one that is polled; its id is the answer. */
  ObjectNode create(Exchange exchange, Sandbox sandbox, ObjectNode request) throws IOException {
    DirectoryWatch watch = open(exchange, sandbox, request);
    Watchers.Collected collected;
    try {
      collected = sandbox.watchers().add();
    } catch (RpcException tooMany) {
      watch.close();
      throw tooMany;
    }
    next(watch, collected::add, () -> {});
    return Wire.object().put("watcherId", collected.id());
  }

  private static DirectoryWatch open(Exchange exchange, Sandbox sandbox, ObjectNode request)
      throws IOException {
    LinuxUser user = LinuxUser.fromBasic(exchange.header("Authorization"), sandbox.image().user());
    String path = SandboxPaths.absolute(request.path("path").asText(""), user);
    DirectoryLooks looks =
        sandbox.machine().files(user).watch(path, request.path("recursive").asBoolean(false));
    boolean opened = false;
    try {
      DirectoryWatch watch =
          new DirectoryWatch(looks, request.path("includeEntry").asBoolean(false));
      opened = true;
      return watch;
    } finally {
      if (!opened) {
        looks.close();
      }
    }
  }

  private void next(DirectoryWatch watch, Sink sink, Runnable ended) {
    var unused = timers.after(LOOK_MILLIS, TimeUnit.MILLISECONDS, () -> submit(watch, sink, ended));
  }

  private void submit(DirectoryWatch watch, Sink sink, Runnable ended) {
    try {
      workers.execute(() -> look(watch, sink, ended));
    } catch (RejectedExecutionException closing) {
      watch.close();
    }
  }

  private void look(DirectoryWatch watch, Sink sink, Runnable ended) {
    try {
      if (sink.accept(watch.changes())) {
        next(watch, sink, ended);
      } else {
        watch.close();
      }
    } catch (IOException ending) {
      watch.close();
      ended.run();
    } catch (InterruptedException interrupted) {
      watch.close();
      Thread.currentThread().interrupt();
    }
  }
}
