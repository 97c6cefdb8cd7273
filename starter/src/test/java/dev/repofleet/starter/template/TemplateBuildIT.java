package dev.repofleet.starter.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.SandboxSpec;
import dev.repofleet.e2b.local.LocalSandboxOptions;
import dev.repofleet.e2b.local.LocalSandboxServer;
import dev.repofleet.e2b.local.host.Isolation;
import dev.repofleet.starter.testing.EventLines;
import dev.repofleet.starter.testing.TestProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The verb against the real local server. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class TemplateBuildIT {
  @TempDir Path folder = Path.of("");
  private LocalSandboxServer server = server();

  private LocalSandboxServer server() {
    return new LocalSandboxServer(
        LocalSandboxOptions.builder(folder.resolve("sandboxes"))
            .isolation(Isolation.plain())
            .build());
  }

  @BeforeEach
  void start() throws Exception {
    server = server().start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private TestProgram.Outcome build(String file, String... options) throws Exception {
    Files.writeString(folder.resolve("template.yaml"), file);
    String[] words = new String[options.length + 2];
    words[0] = "template";
    words[1] = "build";
    System.arraycopy(options, 0, words, 2, options.length);
    TestProgram program = new TestProgram(folder);
    account().forEach(program::with);
    return program.run(words);
  }

  private Map<String, String> account() {
    return server.environment();
  }

  @Test
  void the_log_is_shown_and_sandboxes_can_be_made_of_it() throws Exception {
    TestProgram.Outcome built =
        build("{name: reviewer, run: ['echo said by step one; echo one > ~/one']}");
    assertThat(built.exit()).as(built.err()).isZero();
    assertThat(built.out().lines()).contains("said by step one");
    assertThat(built.err()).contains("Ctrl-C ends the watching", "`template: reviewer`");
    try (E2bClient client = new E2bClient(E2bOptions.fromEnvironment(account()))) {
      var sandbox = client.create(SandboxSpec.builder().template("reviewer").build());
      assertThat(sandbox.commands().run(Command.shell("cat ~/one")).stdout()).isEqualTo("one\n");
    }
  }

  @Test
  void as_json_it_is_a_line_for_each_of_the_log_and_one_of_the_end() throws Exception {
    TestProgram.Outcome built = build("{name: reviewer, run: ['echo said']}", "--json");
    assertThat(built.exit()).as(built.err()).isZero();
    assertThat(built.out().lines())
        .anyMatch(line -> line.matches("\\{\"type\":\"build_log\",\"at\":.*\"message\":\"said\"}"))
        .last()
        .asString()
        .matches(
            "\\{\"type\":\"template\",\"template\":\"reviewer\",\"templateId\":\"[^\"]+\","
                + "\"buildId\":\"[^\"]+\",\"names\":\\[\"reviewer\"],\"status\":\"ready\"}");
    EventLines.of(built.out());
  }

  @Test
  void a_step_that_fails_is_named_and_ends_with_exit_code_3() throws Exception {
    TestProgram.Outcome failed =
        build("{name: reviewer, run: ['true', 'echo no way >&2; exit 3']}", "--json");
    assertThat(failed.exit()).isEqualTo(3);
    assertThat(failed.out().lines())
        .last()
        .asString()
        .contains("\"status\":\"failed\"", "\"step\":\"2\"", "exit status 3");
    assertThat(failed.out()).contains("no way");
    EventLines.of(failed.out());
    assertThat(failed.err()).contains("step 2", "mend it and build again");
  }

  @Test
  void a_base_that_is_not_there_and_a_name_that_is_taken_are_wrong_use() throws Exception {
    assertThat(build("{name: a, fromTemplate: nowhere}").err())
        .contains("template 'nowhere' not found");
    TestProgram.Outcome taken = build("{name: base}");
    assertThat(taken.exit()).isEqualTo(2);
    assertThat(taken.err()).contains("the name 'base' belongs to somebody else");
  }
}
