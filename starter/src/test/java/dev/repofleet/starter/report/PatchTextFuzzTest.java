package dev.repofleet.starter.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.fuzz.Fuzz;
import java.io.ByteArrayInputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever a patch holds: as much text as a page shows. */
class PatchTextFuzzTest {
  @Test
  void a_spoilt_patch_is_as_much_text_as_a_page_shows() {
    FoundSecrets secrets = FoundSecrets.of(List.of());
    Fuzz.of("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-a\r\n+b\n c\n")
        .bytes(
            input -> {
              for (long left : new long[] {0, 1, 100, 10 << 20}) {
                ObjectNode shown = PatchText.read(new ByteArrayInputStream(input), left, secrets);
                String[] lines = shown.path("text").asText().split("\n", -1);
                assertThat(lines).hasSizeLessThanOrEqualTo(PatchText.MAX_LINES);
                assertThat(lines).allMatch(line -> line.length() <= 401);
                if (input.length > left / 2) {
                  assertThat(shown.path("cut").asBoolean()).isTrue();
                }
              }
            });
  }
}
