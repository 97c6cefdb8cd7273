package dev.repofleet.artifacts.plan;

import dev.repofleet.artifacts.VisibleText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Texts of a plan with facts of the repository in them: <code>{{name}}</code> stands for the fact
 * of that name, <code>{{{{</code> for two braces. Stateless.
 *
 * <p>The starter refuses a plan with a name that is none; {@link #fill} leaves such a name as it
 * stands, so that a plan of before there were facts says what it said.
 */
public final class PromptTemplate {
  /** What is known before the agent begins. */
  public static final List<String> FACTS =
      List.of("repository", "ref", "commit", "subpath", "languages", "files", "size");

  /** What is known after the review, in the prompts of follow-ups. */
  public static final List<String> FINDINGS =
      List.of(
          "findings.total",
          "findings.critical",
          "findings.high",
          "findings.medium",
          "findings.low",
          "findings.info");

  /** Most characters (code points) of one fact: a longer name is no name but a text. */
  public static final int MAX_FACT = 200;

  private static final String BRACES = "{{";
  private static final Pattern MARK =
      Pattern.compile("(?<escaped>\\{{4})|\\{\\{(?<name>[^{}\\n]*)}}|\\{\\{");

  private PromptTemplate() {}

  /**
   * A place for a fact.
   *
   * @param name as written, without white space around it; absent where <code>{{</code> is not
   *     closed on its line, or braces are inside
   * @param line of the text, from 1
   */
  public record Placeholder(@Nullable String name, int line) {}

  /** The places for facts, in order. */
  public static List<Placeholder> placeholders(String text) {
    List<Placeholder> found = new ArrayList<>();
    Matcher mark = MARK.matcher(text);
    int line = 1;
    int counted = 0;
    while (mark.find()) {
      line += (int) text.substring(counted, mark.start()).chars().filter(c -> c == '\n').count();
      counted = mark.start();
      if (mark.group("escaped") == null) {
        String name = mark.group("name");
        found.add(new Placeholder(name == null ? null : name.strip(), line));
      }
    }
    return List.copyOf(found);
  }

  /**
   * The text with its facts. They are put in as {@link #fact} makes them, and braces in them mean
   * nothing.
   *
   * @param facts by name; a name that is not among them stays as it is written
   */
  public static String fill(String text, Map<String, String> facts) {
    return fill(text, facts, PromptTemplate::fact);
  }

  /** As {@link #fill(String, Map)}, with facts that another hand makes fit. */
  public static String fill(String text, Map<String, String> facts, UnaryOperator<String> shape) {
    return MARK.matcher(text)
        .replaceAll(
            mark -> {
              String written = mark.group();
              if (written.equals(BRACES + BRACES)) {
                return Matcher.quoteReplacement(BRACES);
              }
              String name = mark.group(2);
              String value = name == null ? null : facts.get(name.strip());
              return Matcher.quoteReplacement(value == null ? written : shape.apply(value));
            });
  }

  /**
   * A stranger's text fit for a prompt: on one line, without control, invisible and
   * direction-changing characters, at most {@link #MAX_FACT} long.
   */
  public static String fact(String text) {
    StringBuilder plain = new StringBuilder();
    text.codePoints()
        .map(c -> Character.isWhitespace(c) || Character.isSpaceChar(c) ? ' ' : c)
        .filter(VisibleText::isVisible)
        .forEach(plain::appendCodePoint);
    String line = plain.toString().strip().replaceAll(" {2,}", " ");
    return line.codePointCount(0, line.length()) <= MAX_FACT
        ? line
        : line.substring(0, line.offsetByCodePoints(0, MAX_FACT - 1)) + "…";
  }
}
