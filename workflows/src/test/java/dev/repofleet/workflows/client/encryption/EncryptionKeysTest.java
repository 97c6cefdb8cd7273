package dev.repofleet.workflows.client.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EncryptionKeysTest {
  private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);

  @TempDir Path folder;

  private static EncryptionKeys keys(String text) {
    return EncryptionKeys.of(Map.of(EncryptionKeys.VARIABLE, text)).orElseThrow();
  }

  @Test
  void withoutVariablesThereAreNone() {
    assertThat(EncryptionKeys.of(Map.of())).isEmpty();
    assertThat(EncryptionKeys.of(Map.of(EncryptionKeys.VARIABLE, " "))).isEmpty();
  }

  @Test
  void theFirstIsTheCurrentOneAndAllAreThere() {
    EncryptionKeys keys = keys("new:" + KEY + ",old:" + KEY);
    assertThat(keys.currentId()).isEqualTo("new");
    assertThat(keys.find("old")).isPresent();
    assertThat(keys.find("other")).isEmpty();
    assertThat(keys.toString()).isEqualTo("keys new, old");
  }

  @Test
  void aFileHasOneOnEachLine() throws IOException {
    Path file = Files.writeString(folder.resolve("keys"), "b:" + KEY + "\n\na:" + KEY + "\n");
    EncryptionKeys keys =
        EncryptionKeys.of(Map.of(EncryptionKeys.FILE_VARIABLE, file.toString())).orElseThrow();
    assertThat(keys.currentId()).isEqualTo("b");
    assertThat(keys.find("a")).isPresent();
  }

  @Test
  void aFileThatIsMissingOrEmptyIsNamed() throws IOException {
    Path missing = folder.resolve("missing");
    assertThatThrownBy(
            () -> EncryptionKeys.of(Map.of(EncryptionKeys.FILE_VARIABLE, missing.toString())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(missing + ", which can't be read");
    Path empty = Files.createFile(folder.resolve("empty"));
    assertThatThrownBy(
            () -> EncryptionKeys.of(Map.of(EncryptionKeys.FILE_VARIABLE, empty.toString())))
        .hasMessageContaining("holds no key");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SECRETSECRET | key 1 of REPOFLEET_ENCRYPTION_KEYS is not of the form ID:BASE64",
        "a/b:SECRET | is not of the form",
        "a:SECRET!!! | is not Base64",
        "a:SECRETXX | has 6 bytes: AES-256 needs 32",
      })
  void whatIsNoKeyIsRefusedWithoutBeingQuoted(String text, String message) {
    assertThatThrownBy(() -> keys(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("SECRET")
        .hasNoCause();
  }

  @Test
  void twoOfOneIdOrTwoPlacesAreRefused() {
    assertThatThrownBy(() -> keys("a:" + KEY + " a:" + KEY))
        .hasMessageContaining("there are two keys a");
    assertThatThrownBy(
            () ->
                EncryptionKeys.of(
                    Map.of(
                        EncryptionKeys.VARIABLE, "a:" + KEY, EncryptionKeys.FILE_VARIABLE, "/x")))
        .hasMessageContaining("are both set");
  }
}
