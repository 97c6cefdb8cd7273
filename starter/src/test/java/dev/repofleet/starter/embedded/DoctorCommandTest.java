package dev.repofleet.starter.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.starter.testing.GuardedFront;
import dev.repofleet.starter.testing.TestProgram;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DoctorCommandTest {
  private static final String SECRET = "sk-ant-0123456789";

  @TempDir Path folder = Path.of("");
  private final HttpServer provider;
  private int status = 200;

  DoctorCommandTest() throws IOException {
    provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    provider.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    provider.start();
  }

  @AfterEach
  void stop() {
    provider.stop(0);
  }

  private String address() {
    return "http://127.0.0.1:" + provider.getAddress().getPort();
  }

  private TestProgram program() {
    return new TestProgram(folder)
        .with("ANTHROPIC_BASE_URL", address())
        .with("ANTHROPIC_API_KEY", SECRET);
  }

  private record Answer(int exit, String out) {
    Map<String, String> states() {
      return out.lines()
          .map(line -> ArtifactJson.read(line, Checkup.class, "a check"))
          .collect(Collectors.toMap(Checkup::part, check -> check.state().word()));
    }
  }

  private static Answer run(TestProgram program, String... arguments) {
    StringWriter out = new StringWriter();
    int exit =
        new CommandLine(new DoctorCommand(program.context()))
            .setOut(new PrintWriter(out, true))
            .execute(arguments);
    return new Answer(exit, out.toString());
  }

  @Test
  void a_program_that_is_named_and_not_there_is_a_failure() {
    for (String named : new String[] {"/none/temporal", folder.toString()}) {
      Answer answer = run(program().with("REPOFLEET_TEMPORAL", named), "--json");
      assertThat(answer.exit()).isEqualTo(5);
      assertThat(answer.states()).containsEntry("Temporal program", "failed");
      assertThat(answer.out()).contains("REPOFLEET_TEMPORAL names no program: " + named);
    }
  }

  @Test
  void a_server_that_is_named_and_away_is_a_failure_and_the_rest_is_looked_at() {
    Answer answer = run(program(), "--json");
    assertThat(answer.exit()).isEqualTo(5);
    assertThat(answer.states())
        .containsEntry("Temporal", "failed")
        .containsKey("Java")
        .containsEntry("Git", "ok")
        .containsEntry("E2B", "note")
        .containsEntry("model", "ok")
        // This world's clock stands still in 2024, that of its disk goes on.
        .containsEntry("artifact store", "note");
  }

  @Test
  void a_server_that_nobody_named_is_only_noted() {
    Answer answer = run(program().with("TEMPORAL_ADDRESS", ""), "--json");
    assertThat(answer.states()).containsKey("Temporal").doesNotContainEntry("Temporal", "failed");
  }

  @Test
  void a_connection_that_is_refused_is_a_failure_with_what_to_do_about_it() {
    try (GuardedFront plain = GuardedFront.plain(0)) {
      TestProgram program = program().with("TEMPORAL_ADDRESS", plain.address());
      assertThat(run(program.with("TEMPORAL_TLS", "true")).out().replaceAll("\\s+", " "))
          .contains("failed Temporal Temporal at " + plain.address() + " does not speak TLS → take")
          .doesNotContain("repofleet up");
    }
    TestProgram nowhere =
        program()
            .with("TEMPORAL_ADDRESS", "")
            .with("TEMPORAL_CONFIG_FILE", "/dev/null/none")
            .with("TEMPORAL_TLS_SERVER_CA_CERT_PATH", "/nowhere/authority.pem");
    assertThat(run(nowhere, "--json").states()).containsEntry("Temporal", "failed");
  }

  @Test
  void a_key_that_is_refused_is_told_and_never_shown() {
    status = 401;
    Answer answer = run(program());
    assertThat(answer.out())
        .contains("failed  model", "127.0.0.1 refuses the key", "→ set a valid key")
        .doesNotContain(SECRET);
  }

  @Test
  void a_store_that_can_not_be_written_is_told_with_the_way_out() {
    Answer answer = run(program().with("REPOFLEET_ARTIFACTS", "/proc/nowhere"));
    assertThat(answer.out()).contains("failed  artifact store", "→ make the store writable");
  }

  @Test
  void sandboxes_that_refuse_the_key_are_told() {
    status = 401;
    Answer answer =
        run(program().with("E2B_API_KEY", "e2b_" + "0".repeat(40)).with("E2B_API_URL", address()));
    assertThat(answer.out()).contains("refuses the key", "→ set E2B_API_KEY");
  }
}
