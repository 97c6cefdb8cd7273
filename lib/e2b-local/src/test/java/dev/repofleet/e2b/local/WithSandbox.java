package dev.repofleet.e2b.local;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A server for the tests of one class, with a sandbox that they share. */
abstract class WithSandbox {
  @TempDir static Path data;
  static TestServer server;
  static WireClient client;
  static WireClient.Box box;

  @BeforeAll
  static void startServer() throws Exception {
    server = TestServer.isolated(data, builder -> {});
    client = server.client();
    box = client.create();
  }

  @AfterAll
  static void stopServer() {
    if (server != null) {
      server.close();
    }
  }
}
