package dev.repofleet.starter.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.starter.testing.Waiting;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ServeCommandTest {

  @TempDir Path folder = Path.of("");

  private interface Use {
    void of(Path served) throws IOException;
  }

  /** Serves simulated sandboxes on a free port, and ends the server when its folder was used. */
  private void serve(Use use) throws Exception {
    StringWriter err = new StringWriter();
    CommandLine line =
        new CommandLine(new ServeCommand(new TestProgram(folder).context()))
            .setOut(new PrintWriter(new StringWriter()))
            .setErr(new PrintWriter(err, true));
    Thread server = new Thread(() -> line.execute("--port", "0", "--simulate"), "serve");
    server.start();
    try {
      Waiting.until("the start", Waiting.LONG, () -> err.toString().contains("Sandboxes at "));
      use.of(served().get(0));
    } finally {
      server.interrupt();
      server.join(Waiting.LONG.toMillis());
    }
    assertThat(server.isAlive()).isFalse();
  }

  private List<Path> served() throws IOException {
    try (Stream<Path> folders = Files.list(folder.resolve("data"))) {
      return folders.toList();
    }
  }

  @Test
  void a_free_port_leaves_no_folder() throws Exception {
    serve(served -> assertThat(served.getFileName().toString()).startsWith("serve-"));

    assertThat(served()).isEmpty();
  }

  @Test
  void what_the_next_server_would_find_again_stays() throws Exception {
    serve(
        served -> {
          Path template = served.resolve("sandboxes/templates/mine/template.json");
          Files.createDirectories(template.getParent());
          Files.writeString(template, "{}");
        });

    assertThat(served()).singleElement().asString().contains("serve-");
    assertThat(served().get(0).resolve("sandboxes/templates/mine/template.json")).exists();
  }
}
