package dev.repofleet.e2b.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** E2B's own JavaScript SDK, unchanged, against this server: both generations of its API. */
class OfficialSdkIT {
  private static final String SCENARIOS = "scenarios.mjs";

  @TempDir private Path data;

  @ParameterizedTest
  @ValueSource(strings = {"2.51.0", "2.45.0"})
  void everyScenarioIsObservedAsExpected(String version) throws Exception {
    Map<String, String> environment = System.getenv();
    TestServer.requireTool(ExecutableSearch.locate("node", environment).isPresent(), "node");
    TestServer.requireTool(ExecutableSearch.locate("npm", environment).isPresent(), "npm");
    Path directory =
        Files.createDirectories(Path.of("target", "official-sdk-" + version).toAbsolutePath());
    install(directory, "e2b@" + version);
    try (InputStream script = resource(SCENARIOS)) {
      Files.copy(script, directory.resolve(SCENARIOS), StandardCopyOption.REPLACE_EXISTING);
    }
    try (TestServer server = TestServer.isolated(data, builder -> {})) {
      ProcessBuilder builder = new ProcessBuilder("node", SCENARIOS);
      String uri = server.server().uri().toString();
      builder.environment().put("E2B_API_KEY", server.server().apiKey());
      builder.environment().put("E2B_API_URL", uri);
      builder.environment().put("E2B_SANDBOX_URL", uri);
      try (InputStream expected = resource("expected.txt")) {
        assertThat(run(builder, directory))
            .isEqualTo(new String(expected.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
  }

  private static InputStream resource(String name) {
    return Objects.requireNonNull(
        OfficialSdkIT.class.getResourceAsStream("/official-sdk/" + name), name);
  }

  private static void install(Path directory, String sdk) throws IOException, InterruptedException {
    if (!Files.isDirectory(directory.resolve("node_modules/e2b"))) {
      run(
          new ProcessBuilder(
              "npm", "install", "--no-save", "--no-audit", "--no-fund", "--prefix", ".", sdk),
          directory);
    }
  }

  private static String run(ProcessBuilder builder, Path directory)
      throws IOException, InterruptedException {
    Process process =
        builder
            .directory(directory.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(out).isZero();
    return out;
  }
}
