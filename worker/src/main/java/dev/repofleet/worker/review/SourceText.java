package dev.repofleet.worker.review;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A file as text and as lines: LF ends a line, CR before it belongs to the end. What is not UTF-8
 * becomes the replacement character. Immutable.
 */
final class SourceText {
  private final String text;
  private final List<String> lines;

  private SourceText(String text) {
    this.text = text;
    this.lines = lines(text);
  }

  static SourceText of(byte[] content) {
    return new SourceText(new String(content, StandardCharsets.UTF_8));
  }

  static SourceText of(String text) {
    return new SourceText(text);
  }

  private static List<String> lines(String text) {
    List<String> lines = new ArrayList<>();
    int start = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      lines.add(withoutCarriageReturn(text.substring(start, end)));
      start = end + 1;
    }
    if (start < text.length()) {
      lines.add(withoutCarriageReturn(text.substring(start)));
    }
    return lines;
  }

  private static String withoutCarriageReturn(String line) {
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  /** All of it, with its line ends. */
  String text() {
    return text;
  }

  /** Whether it has a CR that others may take for the end of a line. */
  boolean hasLoneCarriageReturn() {
    for (int at = text.indexOf('\r'); at >= 0; at = text.indexOf('\r', at + 1)) {
      if (at + 1 == text.length() || text.charAt(at + 1) != '\n') {
        return true;
      }
    }
    return false;
  }

  /** Its lines without their ends; a last one without an end counts. */
  List<String> lines() {
    return lines;
  }

  /** The lines from {@code first} to {@code last}, from 1, as far as there are any. */
  List<String> lines(int first, int last) {
    return lines.subList(
        Math.min(first - 1, lines.size()), Math.min(Math.max(last, first - 1), lines.size()));
  }
}
