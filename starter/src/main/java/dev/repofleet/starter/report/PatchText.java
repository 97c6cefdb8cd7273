package dev.repofleet.starter.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The beginning of a patch, as much of it as a page shows. */
final class PatchText {
  static final int MAX_BYTES = 200 << 10;
  static final int MAX_LINES = 2000;
  private static final int MAX_LINE = 400;

  private PatchText() {}

  /**
   * The text and whether there is more.
   *
   * @param left bytes of the page for it
   */
  static ObjectNode read(InputStream patch, long left, FoundSecrets secrets) throws IOException {
    // Half of it: what is quoted in JSON grows.
    int max = (int) Math.min(MAX_BYTES, left / 2);
    byte[] bytes = patch.readNBytes(max + 1);
    boolean cut = bytes.length > max;
    String text =
        new String(Arrays.copyOf(bytes, Math.min(bytes.length, max)), StandardCharsets.UTF_8);
    if (cut) {
      text = text.substring(0, text.lastIndexOf('\n') + 1);
    }
    List<String> lines = List.of(text.split("\n", -1));
    int end = !lines.isEmpty() && lines.get(lines.size() - 1).isEmpty() ? 1 : 0;
    cut |= lines.size() - end > MAX_LINES;
    return EmbeddedJson.object()
        .put(
            "text",
            secrets.masked(
                lines.subList(0, Math.min(MAX_LINES, lines.size() - end)).stream()
                    .map(PatchText::cut)
                    .collect(Collectors.joining("\n"))))
        .put("cut", cut);
  }

  private static String cut(String line) {
    return ShortText.of(
        line.endsWith("\r") ? line.substring(0, line.length() - 1) : line, MAX_LINE);
  }
}
