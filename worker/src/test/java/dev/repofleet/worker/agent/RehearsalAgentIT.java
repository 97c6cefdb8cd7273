package dev.repofleet.worker.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.repofleet.artifacts.finding.AnswerSchema;
import dev.repofleet.worker.testing.Waiting;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rehearsal agent as a program: its own tests, and its answer against the shipped schema. */
class RehearsalAgentIT {
  private static final List<String> RULES =
      List.of("sql-injection", "insecure-deserialization", "other");

  @TempDir private Path folder;
  private Path agent = Path.of("/");

  @BeforeEach
  void unpackTheAgent() throws Exception {
    if (!isOnPath("python3") || !isOnPath("git")) {
      missing();
    }
    agent = unpack("rehearsal_agent.py");
  }

  @Test
  void passesItsOwnTests() throws Exception {
    Path tests = unpack("test_rehearsal_agent.py");
    ProcessBuilder builder = new ProcessBuilder("python3", "-B", tests.toString());
    builder.environment().put("REHEARSAL_AGENT", agent.toString());
    Result result = run(builder);

    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output()).contains("OK").doesNotContain("skipped");
  }

  @Test
  void answersInTheDefaultSchema() throws Exception {
    Path repository = Files.createDirectory(folder.resolve("repository"));
    Files.writeString(repository.resolve("a.py"), "import yaml\nx = yaml.load(y)\n");
    run(new ProcessBuilder("git", "init", "-q").directory(repository.toFile()));
    run(new ProcessBuilder("git", "add", ".").directory(repository.toFile()));
    String schema = AnswerSchema.forRules(RULES).toString();
    List<String> command =
        List.of(
            "python3",
            agent.toString(),
            "-p",
            "--output-format",
            "json",
            "--json-schema",
            schema,
            "Review this repository");
    ProcessBuilder builder = new ProcessBuilder(command).directory(repository.toFile());
    builder.environment().put("HOME", folder.toString());
    Result result = run(builder);

    assertThat(result.exitCode()).as(result.output()).isZero();
    JsonNode answer = new ObjectMapper().readTree(result.output()).path("structured_output");
    Schema checker =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(schema);
    assertThat(checker.validate(answer.toString(), InputFormat.JSON)).isEmpty();
    assertThat(answer.at("/findings/0/ruleId").asText()).isEqualTo("insecure-deserialization");
    assertThat(answer.path("summary").asText()).contains("no model was used");
  }

  private record Result(int exitCode, String output) {}

  private static Result run(ProcessBuilder builder) throws Exception {
    Process process = builder.redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(Waiting.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
      return new Result(process.exitValue(), output);
    } finally {
      process.destroyForcibly();
    }
  }

  private Path unpack(String name) throws Exception {
    Path file = folder.resolve(name);
    try (InputStream in = RehearsalAgentIT.class.getResourceAsStream(name)) {
      Files.copy(Objects.requireNonNull(in, name), file);
    }
    return file;
  }

  private static boolean isOnPath(String program) {
    List<String> folders =
        new ArrayList<>(List.of(System.getenv().getOrDefault("PATH", "").split(":", -1)));
    folders.removeIf(String::isEmpty);
    return folders.stream().anyMatch(each -> Files.isExecutable(Path.of(each, program)));
  }

  private static void missing() {
    String reason = "python3 and git are needed to run the rehearsal agent";
    if ("true".equals(System.getenv("CI"))) {
      fail(reason);
    }
    abort(reason);
  }
}
