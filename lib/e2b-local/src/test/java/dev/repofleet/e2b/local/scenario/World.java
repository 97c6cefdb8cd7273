package dev.repofleet.e2b.local.scenario;

import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.Sandbox;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What all scenarios work on.
 *
 * @param sandbox the one that the first creates and the last ends
 * @param server the server's address, for calls that no client makes
 * @param work a folder of this machine
 */
record World(E2bClient client, Sandbox sandbox, URI server, Path work) {
  /** How long a sandbox lives that nobody ends. */
  static final Duration LIFE = Duration.ofMinutes(10);

  String run(String script) {
    return sandbox.commands().run(Command.shell(script)).stdout();
  }

  /** Sends without any library of E2B's, by header to a port of the sandbox. */
  HttpResponse<String> fetch(int port, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            request
                .header("E2b-Sandbox-Id", sandbox.sandboxId())
                .header("E2b-Sandbox-Port", Integer.toString(port))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
