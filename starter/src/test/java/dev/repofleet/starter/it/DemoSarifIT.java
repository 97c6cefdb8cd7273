package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.starter.testing.Waiting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The SARIF of every sample repository of the demo, judged by the SARIF Multitool of the format's
 * own makers with its rules of the schema and of GitHub Advanced Security.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
@Tag("long")
class DemoSarifIT {
  private static final String PACKAGE = "@microsoft/sarif-multitool-linux";
  private static final String VERSION = "5.7.0";
  private static final Path TOOLS = Path.of("target", "sarif-multitool").toAbsolutePath();
  private static final Path TOOL =
      TOOLS.resolve("node_modules").resolve(PACKAGE).resolve("Sarif.Multitool");

  /** Advice to name an address of the tool, which it does not have. */
  private static final String NO_ADDRESS = "SARIF2005";

  @TempDir Path folder = Path.of("");

  @Test
  void everySampleOfTheDemoIsFitForCodeScanning() throws Exception {
    Prerequisites.requireSandboxes();
    install();
    try (FleetProcesses processes = new FleetProcesses("DemoSarifIT")) {
      FleetProcess demo =
          processes.start(
              "demo",
              folder,
              Map.of("REPOFLEET_DATA", folder.resolve("data").toString()),
              "demo",
              "--out",
              "out");
      assertThat(demo.awaitExit(Waiting.LONG)).as(demo.tail()).isZero();
    }
    Results results = new Results(folder.resolve("out"));
    assertThat(results.rows()).hasSize(3);
    for (JsonNode row : results.rows()) {
      Path sarif = results.file(row, "sarif");
      JsonNode run = json(sarif).at("/runs/0");
      assertThat(run.path("results").size())
          .as("findings of %s", row.path("target"))
          .isPositive()
          .isEqualTo(results.review(row).path("findings").size());
      assertThat(faults(sarif)).as("faults of %s", row.path("target")).isEmpty();
    }
  }

  private static JsonNode json(Path file) throws IOException {
    return ArtifactJson.read(Files.readAllBytes(file), JsonNode.class, file.toString());
  }

  private static void install() throws Exception {
    String path = System.getenv().getOrDefault("PATH", "");
    boolean npm =
        List.of(path.split(":", -1)).stream()
            .anyMatch(place -> Files.isExecutable(Path.of(place, "npm")));
    Prerequisites.require(
        npm && System.getProperty("os.name").equals("Linux"), "needs npm, on Linux");
    if (!Files.isRegularFile(TOOL)) {
      Files.createDirectories(TOOLS);
      run(
          TOOLS,
          "npm install --no-save --no-audit --no-fund --prefix . " + PACKAGE + "@" + VERSION);
    }
    assertThat(TOOL.toFile().setExecutable(true)).isTrue();
  }

  private static List<String> faults(Path sarif) throws Exception {
    Path judged = Objects.requireNonNull(sarif.getParent()).resolve("judged.json");
    String said =
        run(
            TOOLS,
            "%s validate %s --rule-kind Sarif;Ghas --output %s --log ForceOverwrite"
                .formatted(TOOL, sarif, judged));
    assertThat(judged).as(said).exists();
    JsonNode run = json(judged).at("/runs/0");
    assertThat(run.at("/invocations/0/executionSuccessful").asBoolean(true)).as(said).isTrue();
    List<String> faults = new ArrayList<>();
    for (JsonNode result : run.path("results")) {
      if (!result.path("ruleId").asText().equals(NO_ADDRESS)) {
        faults.add(result.toString());
      }
    }
    return faults;
  }

  private static String run(Path directory, String command) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(command.split(" ", -1)).directory(directory.toFile());
    // It would ask for a library of languages otherwise.
    builder.environment().put("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1");
    Process process = builder.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(Waiting.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return said;
  }
}
