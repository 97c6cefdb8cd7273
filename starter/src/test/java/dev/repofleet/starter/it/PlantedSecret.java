package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A secret that must not be found anywhere, whatever form it took on the way.
 *
 * @param name for messages, which never show the value
 */
record PlantedSecret(String name, String value) {
  /** A model key with characters that every form of escaping changes. */
  static final PlantedSecret MODEL_KEY =
      new PlantedSecret("the model's key", "sk-ant-planted/8f+3a&\"q\\7e%41");

  /** Fails when the text has the secret plain, in base64, or escaped for URLs or JSON. */
  void assertAbsentFrom(String where, String text) {
    for (String form : forms()) {
      assertThat(text.contains(form)).as("%s in %s", name, where).isFalse();
    }
  }

  /** Whether the text has it in one of these forms. */
  boolean isIn(String text) {
    return forms().stream().anyMatch(text::contains);
  }

  /** What stands before it, to see how it came there; never the secret. */
  String around(String text) {
    return forms().stream()
        .mapToInt(text::indexOf)
        .filter(at -> at >= 0)
        .mapToObj(at -> text.substring(Math.max(0, at - 80), at))
        .findFirst()
        .orElse("");
  }

  private Set<String> forms() {
    Set<String> forms = new LinkedHashSet<>();
    String json = value.replace("\\", "\\\\").replace("\"", "\\\"");
    for (String plain : List.of(value, json)) {
      forms.add(plain);
      base64(plain, forms);
    }
    forms.add(URLEncoder.encode(value, StandardCharsets.UTF_8));
    return forms;
  }

  /**
   * Within a longer text that is encoded, the secret begins at any of three bit positions; its
   * first and last characters depend on the neighbours.
   */
  private static void base64(String plain, Set<String> forms) {
    for (int offset = 0; offset < 3; offset++) {
      byte[] padded = ("x".repeat(offset) + plain).getBytes(StandardCharsets.UTF_8);
      for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
        String encoded = encoder.withoutPadding().encodeToString(padded);
        forms.add(encoded.substring(offset == 0 ? 0 : offset + 1, encoded.length() - 1));
      }
    }
  }
}
