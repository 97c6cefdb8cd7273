package dev.repofleet.e2b.local;

import dev.repofleet.e2b.local.host.Isolation;
import java.nio.file.Path;

/** A server in a JVM of its own; ends when its stdin does. Arguments: data directory, kind. */
final class ServerMain {
  private ServerMain() {}

  public static void main(String[] arguments) throws Exception {
    LocalSandboxOptions.Builder builder =
        LocalSandboxOptions.builder(Path.of(arguments[0])).apiKey(System.getenv("TEST_KEY"));
    if (arguments[1].equals("plain")) {
      builder.isolation(Isolation.plain());
    }
    try (LocalSandboxServer server = new LocalSandboxServer(builder.build()).start()) {
      System.out.println(server.uri() + " " + server.isolation().kind());
      while (System.in.read() >= 0) {
        Thread.onSpinWait();
      }
    }
  }
}
