package dev.repofleet.e2b.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.e2b.local.host.ExecutableSearch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** E2B's JavaScript SDK of one version, in a folder of the build. */
final class OfficialSdk {
  private static final String SCENARIOS = "scenarios.mjs";

  private final Path directory;

  private OfficialSdk(Path directory) {
    this.directory = directory;
  }

  static void requireTools() {
    Map<String, String> environment = System.getenv();
    TestServer.requireTool(ExecutableSearch.locate("node", environment).isPresent(), "node");
    TestServer.requireTool(ExecutableSearch.locate("npm", environment).isPresent(), "npm");
  }

  static OfficialSdk install(String version) throws IOException, InterruptedException {
    Path directory =
        Files.createDirectories(Path.of("target", "official-sdk-" + version).toAbsolutePath());
    if (!Files.isDirectory(directory.resolve("node_modules/e2b"))) {
      run(
          new ProcessBuilder(
              "npm",
              "install",
              "--no-save",
              "--no-audit",
              "--no-fund",
              "--prefix",
              ".",
              "e2b@" + version),
          directory);
    }
    try (InputStream script = resource(SCENARIOS)) {
      Files.copy(script, directory.resolve(SCENARIOS), StandardCopyOption.REPLACE_EXISTING);
    }
    return new OfficialSdk(directory);
  }

  static InputStream resource(String name) {
    return Objects.requireNonNull(
        OfficialSdk.class.getResourceAsStream("/official-sdk/" + name), name);
  }

  /** Name → value, as the script prints them. */
  Map<String, String> observe(LocalSandboxServer server) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("node", SCENARIOS);
    builder.environment().putAll(server.environment());
    return parse(run(builder, directory));
  }

  static Map<String, String> parse(String lines) {
    Map<String, String> values = new LinkedHashMap<>();
    lines
        .lines()
        .forEach(
            line -> {
              String[] parts = line.split("=", 2);
              values.put(parts[0], parts.length < 2 ? "" : parts[1]);
            });
    return values;
  }

  private static String run(ProcessBuilder builder, Path directory)
      throws IOException, InterruptedException {
    Process process =
        builder
            .directory(directory.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(Awaiting.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(out).isZero();
    return out;
  }
}
