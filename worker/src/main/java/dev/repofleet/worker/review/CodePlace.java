package dev.repofleet.worker.review;

import dev.repofleet.artifacts.Sha256;
import dev.repofleet.artifacts.finding.AgentAnswer.AgentFinding;
import dev.repofleet.artifacts.finding.CodeExcerpt;
import dev.repofleet.workflows.Excerpt;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the commit has at a finding's primary place.
 *
 * @param excerpt the lines and some around them, as they are
 * @param snippetHash of the lines; those of a secret are masked before, so that nobody guesses it
 * @param anchor what the finding is in: a declaration, or else its own first line
 * @param lineHash as GitHub computes it
 * @param endColumn behind the last line's last character
 */
record CodePlace(
    @Nullable CodeExcerpt excerpt,
    String snippetHash,
    String anchor,
    @Nullable String lineHash,
    int endColumn) {
  private static final int AROUND = 3;
  private static final int MAX_LINES = 24;

  private static final int MAX_HASHED = 4096;

  /** A line of minified code says nothing behind this. */
  private static final int MAX_LINE = 300;

  /**
   * @param finding whose lines are in the file
   * @param lineHashes of the file
   * @param symbols of the file
   */
  static CodePlace of(
      SourceText file, List<String> lineHashes, EnclosingSymbols symbols, AgentFinding finding) {
    int start = finding.startLine();
    List<String> own =
        file.lines(start, finding.endLine()).stream().map(CodePlace::beginning).toList();
    if (SecretMask.isSecret(finding.ruleId(), finding.cwe())) {
      Set<String> values = new HashSet<>();
      own.forEach(line -> SecretMask.collect(line, values));
      SecretValues hidden = SecretValues.of(values);
      own = own.stream().map(line -> hidden.replaced(line, CodePlace::trace)).toList();
    }
    String symbol = symbols.of(start);
    return new CodePlace(
        excerpt(file, start, finding.endLine()),
        Sha256.ofText(String.join("\n", own)),
        symbol.isEmpty() ? "line " + squeezed(own) : "in " + symbol,
        start <= lineHashes.size() ? lineHashes.get(start - 1) : null,
        1 + file.lines(finding.endLine(), finding.endLine()).get(0).length());
  }

  private static @Nullable CodeExcerpt excerpt(SourceText file, int start, int end) {
    int first = Math.max(1, start - AROUND);
    long last = Math.min((long) end + AROUND, (long) first + MAX_LINES - 1);
    List<String> lines =
        file.lines(first, (int) Math.min(last, Integer.MAX_VALUE)).stream()
            .map(line -> Excerpt.of(line.replace("\0", ""), MAX_LINE))
            .toList();
    return lines.isEmpty() ? null : new CodeExcerpt(first, lines);
  }

  /** Of minified code; each finding in it costs a look. */
  private static String beginning(String line) {
    return line.length() <= MAX_HASHED ? line : line.substring(0, MAX_HASHED) + line.length();
  }

  /** Two secrets are told apart; what is left of one is too little to try guesses on. */
  private static String trace(String value) {
    return "***" + Sha256.ofText(value).substring(0, 4);
  }

  private static String squeezed(List<String> own) {
    return own.stream()
        .map(line -> line.replaceAll("\\s+", " ").strip())
        .filter(line -> !line.isEmpty())
        .findFirst()
        .orElse("");
  }
}
