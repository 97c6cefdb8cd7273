package dev.repofleet.worker.review;

import dev.repofleet.artifacts.CodeExcerpt;
import dev.repofleet.worker.review.CommitFiles.Range;
import dev.repofleet.workflows.Excerpt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads what {@code excerpts.sh} prints. */
final class ExcerptLines {
  private static final String HEAD = "range ";

  /** A line of minified code says nothing behind this. */
  private static final int MAX_LINE = 300;

  private ExcerptLines() {}

  /** The ranges that came, also of an output that ends before its time. */
  static Map<Range, CodeExcerpt> parse(String output, List<Range> asked) {
    Map<Range, List<String>> lines = new HashMap<>();
    List<String> current = new ArrayList<>();
    for (String line : output.split("\n", -1)) {
      if (line.startsWith(HEAD)) {
        current = new ArrayList<>();
        lines.put(asked.get(Integer.parseInt(line.substring(HEAD.length()))), current);
      } else if (!line.isEmpty()) {
        String text =
            line.endsWith("\r") ? line.substring(1, line.length() - 1) : line.substring(1);
        current.add(Excerpt.of(text, MAX_LINE));
      }
    }
    Map<Range, CodeExcerpt> excerpts = new HashMap<>();
    lines.forEach(
        (range, text) -> {
          if (!text.isEmpty()) {
            excerpts.put(range, new CodeExcerpt(range.first(), text));
          }
        });
    return excerpts;
  }
}
