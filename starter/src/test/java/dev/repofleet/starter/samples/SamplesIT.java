package dev.repofleet.starter.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.repofleet.starter.testing.Waiting;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The sample trees hold what {@code samples.json} says, and no key. */
class SamplesIT {
  private static final String SAMPLES = "/dev/repofleet/starter/samples/";
  private static final String AGENT = "/dev/repofleet/worker/agent/rehearsal_agent.py";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  static List<JsonNode> samples() throws IOException {
    List<JsonNode> samples = new ArrayList<>();
    index().path("samples").forEach(samples::add);
    return samples;
  }

  @ParameterizedTest
  @MethodSource("samples")
  void listsExactlyTheFilesOfTheTree(JsonNode sample) throws Exception {
    Path root = Path.of("src/main/resources" + SAMPLES + sample.path("name").asText());
    try (Stream<Path> tree = Files.walk(root)) {
      List<String> found =
          tree.filter(Files::isRegularFile)
              .map(file -> root.relativize(file).toString())
              .sorted()
              .toList();
      assertThat(words(sample.path("files"))).isEqualTo(found);
    }
  }

  @Test
  void holdsNoKeyBeforeItIsPutTogether() throws Exception {
    String index = new String(bytes(SAMPLES + "samples.json"), StandardCharsets.UTF_8);
    for (JsonNode parts : index().path("placeholders")) {
      assertThat(index).doesNotContain(String.join("", words(parts)));
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void plantsWhatTheRehearsalAgentFindsAndNothingElse(JsonNode sample) throws Exception {
    Path repository = materialise(sample);
    Path agent = folder.resolve("rehearsal_agent.py");
    Files.write(agent, bytes(AGENT));
    String schema =
        "{\"properties\":{\"findings\":{\"items\":{\"properties\":"
            + "{\"ruleId\":{},\"path\":{},\"startLine\":{}}}},\"coverage\":{\"properties\":{}}}}";
    String output =
        run(
            repository,
            "python3",
            agent.toString(),
            "-p",
            "--no-session-persistence",
            "--output-format",
            "json",
            "--json-schema",
            schema,
            "Review this repository");

    List<String> found = new ArrayList<>();
    for (JsonNode finding : JSON.readTree(output).at("/structured_output/findings")) {
      found.add(finding.path("ruleId").asText() + " " + finding.path("path").asText());
    }
    List<String> planted = new ArrayList<>();
    for (JsonNode each : sample.path("planted")) {
      planted.add(each.path("ruleId").asText() + " " + each.path("path").asText());
    }
    assertThat(found).containsExactlyInAnyOrderElementsOf(planted);
  }

  private Path materialise(JsonNode sample) throws Exception {
    String name = sample.path("name").asText();
    Path repository = Files.createDirectory(folder.resolve(name));
    for (String file : words(sample.path("files"))) {
      String text = new String(bytes(SAMPLES + name + "/" + file), StandardCharsets.UTF_8);
      for (var placeholder : index().path("placeholders").properties()) {
        text = text.replace(placeholder.getKey(), String.join("", words(placeholder.getValue())));
      }
      assertThat(text).as(file).doesNotContain("@@");
      Path target = repository.resolve(file);
      Files.createDirectories(Objects.requireNonNull(target.getParent()));
      Files.writeString(target, text);
    }
    run(repository, "git", "init", "-q");
    run(repository, "git", "add", "--all");
    return repository;
  }

  private static String run(Path directory, String... command) throws Exception {
    if (Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .noneMatch(each -> !each.isEmpty() && Files.isExecutable(Path.of(each, command[0])))) {
      String reason = command[0] + " is needed to look at the samples";
      return "true".equals(System.getenv("CI")) ? fail(reason) : abort(reason);
    }
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(Waiting.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
      return output;
    } finally {
      process.destroyForcibly();
    }
  }

  private static List<String> words(JsonNode array) {
    List<String> words = new ArrayList<>();
    array.forEach(word -> words.add(word.asText()));
    return words;
  }

  private static JsonNode index() throws IOException {
    return JSON.readTree(bytes(SAMPLES + "samples.json"));
  }

  private static byte[] bytes(String resource) throws IOException {
    try (InputStream in = SamplesIT.class.getResourceAsStream(resource)) {
      return Objects.requireNonNull(in, resource).readAllBytes();
    }
  }
}
