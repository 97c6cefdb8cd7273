package dev.repofleet.starter.sandboxes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.SandboxQuery;
import dev.repofleet.e2b.SandboxSpec;
import dev.repofleet.e2b.local.LocalSandboxOptions;
import dev.repofleet.e2b.local.LocalSandboxServer;
import dev.repofleet.e2b.local.simulated.Simulation;
import dev.repofleet.starter.testing.TestProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs where something that they need does not answer. */
class SandboxesCommandTest {
  @TempDir Path folder = Path.of("");

  private TestProgram program(LocalSandboxServer server) {
    return new TestProgram(folder)
        .with("E2B_API_KEY", server.apiKey())
        .with("E2B_API_URL", server.uri().toString());
  }

  private LocalSandboxServer serve() throws IOException {
    return new LocalSandboxServer(
            LocalSandboxOptions.builder(folder.resolve("sandboxes"))
                .simulate(Simulation.standard())
                .build())
        .start();
  }

  private static E2bClient client(LocalSandboxServer server) {
    return new E2bClient(E2bOptions.fromEnvironment(server.environment()));
  }

  @Test
  void without_a_key_they_say_which_variable_is_missing() {
    for (String verb : new String[] {"list", "reap"}) {
      TestProgram.Outcome outcome = new TestProgram(folder).run("sandboxes", verb);
      assertThat(outcome.exit()).isEqualTo(5);
      assertThat(outcome.err()).contains("E2B_API_KEY");
    }
  }

  @Test
  void a_shell_needs_one_sandbox_a_terminal_and_the_variables_it_hands_on() {
    TestProgram program = new TestProgram(folder).with("E2B_API_KEY", "e2b_0123");
    for (String[] words : new String[][] {{}, {"i123", "--template", "base"}}) {
      String[] all = new String[words.length + 2];
      all[0] = "sandboxes";
      all[1] = "shell";
      System.arraycopy(words, 0, all, 2, words.length);
      TestProgram.Outcome outcome = program.run(all);
      assertThat(outcome.exit()).isEqualTo(2);
      assertThat(outcome.err()).contains("name one sandbox");
    }
    assertThat(program.run("sandboxes", "shell", "--template", "base", "--resume").err())
        .contains("--resume goes with the id");
    assertThat(program.run("sandboxes", "shell", "i123", "--env", "NOT_SET").err())
        .contains("there is no variable 'NOT_SET'");
    for (String user : List.of("Root", "1000", "")) {
      TestProgram.Outcome mistyped =
          program.run("sandboxes", "shell", "--template", "base", "--user", user);
      assertThat(mistyped.exit()).isEqualTo(2);
      assertThat(mistyped.err()).contains("'" + user + "' can't be the name of a Linux user");
    }
    assertThat(program.run("sandboxes", "shell", "--template", "").err())
        .contains("--template takes a template's name");
    TestProgram.Outcome piped = program.run("sandboxes", "shell", "i123");
    assertThat(piped.exit()).isEqualTo(2);
    assertThat(piped.err()).contains("needs a terminal on its standard input");
  }

  @Test
  void without_an_e2b_that_answers_they_say_so() {
    TestProgram.Outcome outcome =
        new TestProgram(folder)
            .with("E2B_API_KEY", "e2b_0123")
            .with("E2B_API_URL", "http://127.0.0.1:1")
            .run("sandboxes", "list");
    assertThat(outcome.exit()).isEqualTo(5);
    assertThat(outcome.err()).contains("http://127.0.0.1:1 does not list its sandboxes");
  }

  @Test
  void without_temporal_everything_is_shown_and_nothing_deleted() throws IOException {
    try (LocalSandboxServer server = serve();
        E2bClient client = client(server)) {
      create(client, "repofleet");
      create(client, "staging");
      TestProgram.Outcome listed = program(server).run("sandboxes", "list");
      assertThat(listed.exit()).isEqualTo(5);
      assertThat(listed.out().lines()).hasSize(2).last().asString().contains("unknown");
      assertThat(listed.err())
          .contains("Temporal does not answer at 127.0.0.1:1")
          .contains("1 sandbox of the account is not this fleet's.");
      TestProgram.Outcome reaped = program(server).run("sandboxes", "reap");
      assertThat(reaped.exit()).isEqualTo(5);
      assertThat(reaped.out()).isEmpty();
      assertThat(reaped.err()).contains("Deleted 0; left alone: 0 owned, 0 young, 1 unknown.");
      assertThat(client.list(SandboxQuery.all())).hasSize(2);
    }
  }

  @Test
  void a_fleet_that_holds_nothing_needs_no_temporal() throws IOException {
    try (LocalSandboxServer server = serve();
        E2bClient client = client(server)) {
      create(client, "staging");
      TestProgram.Outcome outcome = program(server).run("sandboxes", "reap", "--json");
      assertThat(outcome.exit()).isZero();
      assertThat(outcome.out()).isEmpty();
      assertThat(outcome.err()).contains("The fleet repofleet holds no sandbox");
    }
  }

  private static void create(E2bClient client, String fleet) {
    client.create(
        SandboxSpec.builder()
            .template("claude")
            .timeout(Duration.ofMinutes(5))
            .metadata("fleet", fleet)
            .metadata("lease", "review/b/k:11111111-2222-3333-4444-555555555555:0")
            .build());
  }
}
