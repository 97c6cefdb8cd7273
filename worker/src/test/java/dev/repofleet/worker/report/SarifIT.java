package dev.repofleet.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Lifecycle;
import dev.repofleet.artifacts.finding.LifecycleState;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.finding.Suppression;
import dev.repofleet.worker.review.LineHashes;
import dev.repofleet.worker.testing.Waiting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Another's judgement: the SARIF Multitool of the format's own makers, with its rules of the schema
 * and of GitHub Advanced Security.
 */
@Timeout(900)
@Execution(ExecutionMode.CONCURRENT)
class SarifIT {
  private static final String PACKAGE = "@microsoft/sarif-multitool-linux";
  private static final String VERSION = "5.7.0";
  private static final Path TOOLS = Path.of("target", "sarif-multitool").toAbsolutePath();

  @TempDir private Path folder;

  @BeforeAll
  static void install() throws Exception {
    boolean npm = has("npm") && System.getProperty("os.name").equals("Linux");
    if (!npm && "true".equals(System.getenv("CI"))) {
      throw new AssertionError("CI lacks npm");
    }
    Assumptions.assumeTrue(npm, "skipped, as this machine lacks npm, or is not Linux");
    if (!Files.isRegularFile(tool())) {
      Files.createDirectories(TOOLS);
      run(
          TOOLS,
          List.of(
              "npm",
              "install",
              "--no-save",
              "--no-audit",
              "--no-fund",
              "--prefix",
              ".",
              PACKAGE + "@" + VERSION));
    }
    assertThat(tool().toFile().setExecutable(true)).isTrue();
  }

  private static boolean has(String program) {
    return List.of(System.getenv().getOrDefault("PATH", "").split(":", -1)).stream()
        .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
  }

  private static Path tool() {
    return TOOLS.resolve("node_modules").resolve(PACKAGE).resolve("Sarif.Multitool");
  }

  private static String run(Path directory, List<String> command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    // It would ask for a library of languages otherwise.
    builder.environment().put("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1");
    Process process = builder.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(Waiting.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return said;
  }

  /** What it finds fault with, but for two pieces of advice: no address and version of the tool. */
  private List<String> faults(byte[] sarif) throws Exception {
    Path file = Files.write(folder.resolve("findings.sarif"), sarif);
    Path judged = folder.resolve("judged.sarif");
    String said =
        run(
            folder,
            List.of(
                tool().toString(),
                "validate",
                file.toString(),
                "--rule-kind",
                "Sarif;Ghas",
                "--max-file-size-in-kb",
                "100000",
                "--output",
                judged.toString(),
                "--log",
                "ForceOverwrite"));
    assertThat(judged).as(said).exists();
    List<String> faults = new ArrayList<>();
    JsonNode run =
        ArtifactJson.read(Files.readAllBytes(judged), JsonNode.class, "judged").at("/runs/0");
    for (JsonNode result : run.at("/results")) {
      if (!result.at("/ruleId").asText().equals("SARIF2005")) {
        faults.add(result.toString());
      }
    }
    assertThat(run.at("/invocations/0/executionSuccessful").asBoolean(true)).as(said).isTrue();
    return faults;
  }

  private static List<Finding> sample() {
    Lifecycle seen = new Lifecycle(LifecycleState.PERSISTING, null, null);
    return List.of(
        FindingSamples.finding("sql-injection", Severity.CRITICAL, "src/a b/ü#.py", 7, "run(x)"),
        FindingSamples.finding("sql-injection", Severity.LOW, "src/b.py", 1, "")
            .withLifecycle(seen),
        FindingSamples.finding("weak_hash", Severity.INFO, "README.md", 3, "md5")
            .withSuppression(
                new Suppression(Suppression.Kind.ACCEPTED, "a checksum \"only\"", "ann", null)));
  }

  @Test
  void itIsValidAndFitForCodeScanning() throws Exception {
    assertThat(faults(SarifLog.of(FindingSamples.result(sample()), List.of(), "security").bytes()))
        .isEmpty();
    assertThat(faults(SarifLog.of(FindingSamples.result(List.of()), List.of(), "security").bytes()))
        .isEmpty();
  }

  @Test
  void theJudgeSeesFaults() throws Exception {
    String sound =
        new String(
            SarifLog.of(FindingSamples.result(sample()), List.of(), "security").bytes(),
            StandardCharsets.UTF_8);
    assertThat(
            faults(
                sound
                    .replace("\"startLine\": 7", "\"startLine\": 0")
                    .getBytes(StandardCharsets.UTF_8)))
        .isNotEmpty();
  }

  @Test
  void theLineHashesAreThoseOfAnotherProgram() throws Exception {
    String text = "def f(a):\n\treturn eval(a)\n\n" + "x = 1\n".repeat(40) + "def g():\r\n  pass\n";
    Files.writeString(folder.resolve("a.py"), text);
    int[] lines = {1, 2, 4, 10, 44, 45};
    List<Finding> findings = new ArrayList<>();
    Map<String, String> ours = new TreeMap<>();
    for (int line : lines) {
      findings.add(
          FindingSamples.finding("r", Severity.LOW, "a.py", line, "c" + line).withLineHash(null));
      ours.put(Integer.toString(line), LineHashes.of(text).get(line - 1));
    }
    Path file =
        Files.write(
            folder.resolve("without.sarif"),
            SarifLog.of(FindingSamples.result(findings), List.of(), "security").bytes());
    Path theirs = folder.resolve("theirs.sarif");
    String said =
        run(
            folder,
            List.of(
                tool().toString(),
                "rewrite",
                file.toString(),
                "--insert",
                "RollingHashPartialFingerprints",
                "--uriBaseIds",
                "%SRCROOT%=" + folder.toUri(),
                "--output",
                theirs.toString()));
    assertThat(theirs).as(said).exists();
    assertThat(fingerprints(theirs)).isEqualTo(ours);
  }

  private static Map<String, String> fingerprints(Path file) throws IOException {
    Map<String, String> all = new TreeMap<>();
    JsonNode results =
        ArtifactJson.read(Files.readAllBytes(file), JsonNode.class, "sarif").at("/runs/0/results");
    for (JsonNode result : results) {
      all.put(
          result.at("/locations/0/physicalLocation/region/startLine").asText(),
          result.at("/partialFingerprints/primaryLocationLineHash").asText());
    }
    return all;
  }
}
