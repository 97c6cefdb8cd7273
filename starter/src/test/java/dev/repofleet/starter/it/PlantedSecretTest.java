package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.ArtifactJson;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A search that finds nothing proves something only when it would find it. */
class PlantedSecretTest {
  private static final PlantedSecret SECRET = PlantedSecret.MODEL_KEY;

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "ab", "abc", "{\"key\":\""})
  void it_is_found_in_base64_wherever_it_begins(String before) {
    byte[] text = (before + SECRET.value() + "\"}").getBytes(StandardCharsets.UTF_8);
    isFound(Base64.getEncoder().encodeToString(text));
    isFound(Base64.getUrlEncoder().withoutPadding().encodeToString(text));
  }

  @Test
  void it_is_found_plain_and_escaped() {
    isFound("x-api-key: " + SECRET.value());
    isFound("?key=" + URLEncoder.encode(SECRET.value(), StandardCharsets.UTF_8));
    String json = ArtifactJson.line(Map.of("key", SECRET.value()));
    isFound(json);
    isFound(Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void other_text_is_let_be() {
    assertThatCode(() -> SECRET.assertAbsentFrom("a log", "the model's key is set"))
        .doesNotThrowAnyException();
  }

  private static void isFound(String text) {
    assertThatThrownBy(() -> SECRET.assertAbsentFrom("a log", text))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the model's key in a log")
        .hasMessageNotContaining(SECRET.value());
  }
}
