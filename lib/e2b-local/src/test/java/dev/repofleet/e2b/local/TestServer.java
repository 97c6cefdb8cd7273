package dev.repofleet.e2b.local;

import dev.repofleet.e2b.local.host.Isolation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Assumptions;

/** A server for one test class, and clients of it. */
final class TestServer implements AutoCloseable {
  private final LocalSandboxServer server;

  private TestServer(LocalSandboxServer server) {
    this.server = server;
  }

  static TestServer isolated(Path data, Consumer<LocalSandboxOptions.Builder> settings)
      throws IOException {
    Isolation isolation = Isolation.detect();
    requireTool(isolation.isolated(), "bubblewrap: " + isolation.reason());
    LocalSandboxOptions.Builder builder = LocalSandboxOptions.builder(data).isolation(isolation);
    settings.accept(builder);
    return new TestServer(new LocalSandboxServer(builder.build()).start());
  }

  static TestServer plain(Path data) throws IOException {
    LocalSandboxOptions options =
        LocalSandboxOptions.builder(data).isolation(Isolation.plain()).build();
    return new TestServer(new LocalSandboxServer(options).start());
  }

  /** Skips the test where something is missing; in CI that is a failure. */
  static void requireTool(boolean present, String what) {
    if (!present && "true".equals(System.getenv("CI"))) {
      throw new AssertionError("CI lacks " + what);
    }
    Assumptions.assumeTrue(present, () -> "skipped, as this machine lacks " + what);
  }

  LocalSandboxServer server() {
    return server;
  }

  WireClient client() {
    return new WireClient(server.uri(), server.apiKey());
  }

  @Override
  public void close() {
    server.close();
  }
}
