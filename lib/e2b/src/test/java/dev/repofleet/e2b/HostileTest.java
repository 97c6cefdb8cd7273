package dev.repofleet.e2b;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** A client whose connections are counted, and everything that can be asked through it. */
@Timeout(300)
abstract class HostileTest {
  static final Duration HASTY = Duration.ofSeconds(3);

  FakeE2b fake;
  OkHttpClient shared;
  E2bClient client;
  Sandbox sandbox;
  final CountDownLatch release = new CountDownLatch(1);

  @BeforeEach
  void open() throws IOException {
    fake = new FakeE2b();
    shared = new OkHttpClient.Builder().connectionPool(new ConnectionPool()).build();
    client = new E2bClient(fake.options().build(), shared);
    sandbox = client.create(SandboxSpec.builder().build());
  }

  @AfterEach
  void close() {
    release.countDown();
    client.close();
    shared.dispatcher().executorService().shutdown();
    shared.connectionPool().evictAll();
    fake.close();
  }

  void nothingIsHeld() {
    ConnectionPool pool = shared.connectionPool();
    Waiting.until(
        "no connection is in use", () -> pool.connectionCount() == pool.idleConnectionCount());
  }

  /** Everything that talks to a sandbox. */
  static Map<String, ThrowingCallable> sandboxCalls(Sandbox box) {
    Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
    calls.put("run", () -> box.commands().run(Command.of("x")));
    calls.put("attach", () -> box.commands().connect(7, OutputListener.discarding()));
    calls.put("stdin", () -> box.commands().sendStdin(7, new byte[] {1}));
    calls.put("list", () -> box.commands().list());
    calls.put(
        "terminal", () -> box.pty().start(Pty.shell().build(), TerminalSize.DEFAULT, bytes -> {}));
    calls.put("read", () -> box.files().read("/x"));
    calls.put(
        "stream",
        () -> {
          try (InputStream in = box.files().open("/x")) {
            in.readAllBytes();
          }
        });
    calls.put("write", () -> box.files().writeText("/x", "y"));
    calls.put("write all", () -> box.files().writeAll(Map.of("/x", new byte[] {1})));
    calls.put("upload", () -> box.files().write("/x", InputStream.nullInputStream()));
    calls.put("stat", () -> box.files().stat("/x"));
    calls.put("entries", () -> box.files().list("/x", 1));
    calls.put("move", () -> box.files().move("/x", "/y"));
    calls.put("make", () -> box.files().makeDirectory("/x"));
    calls.put("watch", () -> box.files().watch("/d", true));
    calls.put("status", () -> box.git().repository("/w").status());
    return calls;
  }

  static Map<String, ThrowingCallable> apiCalls(E2bClient client) {
    Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
    calls.put("create", () -> client.create(SandboxSpec.builder().build()));
    calls.put("get", () -> client.get("i1"));
    calls.put("list", () -> client.list(SandboxQuery.all()));
    calls.put("resume", () -> client.resume("i1", HASTY));
    calls.put("metrics", () -> client.metrics(List.of("i1")));
    calls.put("logs", () -> client.logs("i1", LogQuery.all()));
    calls.put("snapshot", () -> client.snapshots().create("i1"));
    calls.put("fork", () -> client.fork("i1", Duration.ofMinutes(1), 1));
    calls.put("kill", () -> client.kill("i1"));
    calls.put("team", () -> client.team("t").metrics(null, null));
    calls.put("template", () -> client.templates().exists("t"));
    calls.put("templates", () -> client.templates().list());
    calls.put("tags", () -> client.templates().tags("t"));
    calls.put(
        "build", () -> client.templates().start(TemplateSpec.fromTemplate("t", "base").build()));
    return calls;
  }
}
