package dev.repofleet.starter.plan;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Regular expressions as JavaScript reads them with its flag {@code u}, kept to what Java reads
 * alike. Stateless.
 */
final class ScriptPattern {
  /** What may follow a backslash: characters with a meaning of their own, and the known classes. */
  private static final Pattern ESCAPE =
      Pattern.compile(
          "[\\^$\\\\.*+?()\\[\\]{}|/dDsSwWbBfnrtv0-9]|c[A-Za-z]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}"
              + "|k<\\w+>|[pP]\\{[\\w=]+}");

  private static final Pattern GROUP = Pattern.compile("\\?(?::|=|!|<=|<!|<[A-Za-z_$])");
  private static final Pattern COUNT = Pattern.compile("\\{\\d+(?:,\\d*)?}");

  private final String text;
  private int at;

  private ScriptPattern(String text) {
    this.text = text;
  }

  /**
   * Compiles.
   *
   * @throws PatternSyntaxException when JavaScript or Java can't read it
   */
  static Pattern compile(String text) {
    new ScriptPattern(text).check();
    return Pattern.compile(text);
  }

  private void check() {
    while (at < text.length()) {
      char c = text.charAt(at);
      switch (c) {
        case '\\' -> escape(false);
        case '[' -> characterClass();
        case '(' -> {
          at++;
          if (at < text.length() && text.charAt(at) == '?' && !next(GROUP)) {
            throw error("this kind of group is not known in JavaScript");
          }
        }
        case '*', '+', '?' -> {
          at++;
          lazy();
        }
        case '{' -> {
          if (!next(COUNT)) {
            throw error("a brace that counts nothing is written \\{");
          }
          lazy();
        }
        case '}', ']' -> throw error("it is written \\" + c + " where it closes nothing");
        default -> at++;
      }
    }
  }

  /** A second sign after a quantifier: only the question mark. */
  private void lazy() {
    if (at < text.length() && text.charAt(at) == '?') {
      at++;
    }
    if (at < text.length() && "*+?".indexOf(text.charAt(at)) >= 0) {
      throw error("possessive quantifiers are not known in JavaScript");
    }
  }

  private void escape(boolean inClass) {
    at++;
    if (inClass && at < text.length() && text.charAt(at) == '-') {
      at++;
    } else if (!next(ESCAPE)) {
      throw error("this backslash is not known in JavaScript");
    }
  }

  private void characterClass() {
    at++;
    if (at < text.length() && text.charAt(at) == '^') {
      at++;
    }
    while (at < text.length() && text.charAt(at) != ']') {
      char c = text.charAt(at);
      if (c == '[' || text.startsWith("&&", at)) {
        throw error("classes inside classes are not known in JavaScript");
      }
      boolean set =
          c == '\\' && at + 1 < text.length() && "dDsSwWpP".indexOf(text.charAt(at + 1)) >= 0;
      if (c == '\\') {
        escape(true);
      } else {
        at++;
      }
      if (set && text.startsWith("-", at) && !text.startsWith("-]", at)) {
        throw error("a range can't begin with a class; write the dash last");
      }
    }
    at++;
  }

  private boolean next(Pattern form) {
    var matcher = form.matcher(text).region(at, text.length());
    if (matcher.lookingAt()) {
      at = matcher.end();
      return true;
    }
    return false;
  }

  private PatternSyntaxException error(String description) {
    return new PatternSyntaxException(description, text, Math.min(at, text.length()));
  }
}
