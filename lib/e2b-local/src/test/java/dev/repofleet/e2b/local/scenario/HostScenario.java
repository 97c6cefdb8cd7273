package dev.repofleet.e2b.local.scenario;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.OutputListener;
import dev.repofleet.e2b.RunningCommand;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.local.Awaiting;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

final class HostScenario implements Scenario {
  private static final String SERVER =
      "import http.server,sys; s=http.server.HTTPServer(('127.0.0.1',0),"
          + "http.server.SimpleHTTPRequestHandler); print(s.server_port,flush=True);"
          + " s.serve_forever()";

  @Override
  public String name() {
    return "host";
  }

  @Override
  public void observe(World world, Observations seen) throws Exception {
    Sandbox sandbox = world.sandbox();
    sandbox.files().writeText("/home/user/web/index.html", "from inside");
    sandbox.files().writeText("/home/user/serve.py", SERVER);
    Heard out = new Heard();
    Command serve =
        Command.shellBuilder("exec python3 /home/user/serve.py").cwd("/home/user/web").build();
    try (RunningCommand running =
        sandbox.commands().start(serve, OutputListener.text(out::add, text -> {}))) {
      Awaiting.until("the port", () -> out.contains("\n"));
      int port = Integer.parseInt(out.toString().strip());
      seen.say("host.name", sandbox.host(port).startsWith(port + "-" + sandbox.sandboxId() + "."));
      HttpRequest.Builder request = HttpRequest.newBuilder(world.server().resolve("/"));
      seen.say("host.answer", world.fetch(port, request).body());
      HttpResponse<String> closed =
          world.fetch(1, HttpRequest.newBuilder(world.server().resolve("/")));
      String message = new ObjectMapper().readTree(closed.body()).path("message").asText();
      seen.say("host.closed", closed.statusCode() + " " + message);
      running.kill();
    }
  }
}
