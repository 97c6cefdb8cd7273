package dev.repofleet.artifacts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The golden files are the formats: a change of one is a change for every script that reads it.
 *
 * <p>{@code -Dgolden.write=true} writes them anew, for a change that is meant.
 */
public final class GoldenFile {
  private GoldenFile() {}

  /** Asserts that a value is written as the file has it, and comes back from there. */
  public static void isGolden(Object value, String name) throws IOException {
    Path file = Path.of("src/test/resources/golden", name);
    if (Boolean.getBoolean("golden.write")) {
      Files.write(file, ArtifactJson.pretty(value));
    }
    byte[] golden = Files.readAllBytes(file);
    assertThat(new String(ArtifactJson.pretty(value), UTF_8)).isEqualTo(new String(golden, UTF_8));
    assertThat(ArtifactJson.<Object>read(golden, classOf(value), name)).isEqualTo(value);
  }

  @SuppressWarnings("unchecked")
  private static Class<Object> classOf(Object value) {
    return (Class<Object>) value.getClass();
  }
}
