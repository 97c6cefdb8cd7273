package dev.repofleet.worker.review;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a line belongs to, by indentation and the look of declarations: the same in every language,
 * exact in none. It only has to stay the same while code around it moves.
 */
final class EnclosingSymbol {
  private static final int MAX_DEPTH = 8;
  private static final int MAX_NAME = 200;

  private static final Set<String> STATEMENTS =
      Set.of(
          "if",
          "else",
          "elif",
          "for",
          "foreach",
          "while",
          "do",
          "switch",
          "case",
          "when",
          "match",
          "try",
          "catch",
          "except",
          "finally",
          "with",
          "using",
          "return",
          "throw",
          "raise",
          "new",
          "await",
          "yield",
          "synchronized",
          "lock",
          "defer",
          "go",
          "unless",
          "until",
          "loop",
          "and",
          "or",
          "not",
          "assert",
          "super",
          "this",
          "default",
          "then",
          "fi",
          "done",
          "end");

  private static final Pattern DECLARED =
      Pattern.compile(
          "\\b(?:class|interface|enum|struct|trait|impl|def|fn|func|function|sub|module|namespace"
              + "|record|object|package|contract|protocol|union|resource)\\s+"
              + "(?:\\([^)]*\\)\\s*)?([A-Za-z_$][\\w$.:-]*|\"[^\"]+\")");

  private static final Pattern CALLABLE =
      Pattern.compile("([A-Za-z_$~][\\w$:.~-]*)\\s*(?:<[^>]*>)?\\s*\\([^;]*$");

  /** Of YAML, TOML, INI, and an object's member. */
  private static final Pattern KEY =
      Pattern.compile(
          "^(?:- )?[\"']?([\\w.$/-]+)[\"']?\\s*:\\s*(?:[|>{\\[].*)?$|^\\[+([^\\]]+)\\]+$");

  private static final Pattern FIRST_WORD = Pattern.compile("^[}\\s]*([A-Za-z_]+)");

  private EnclosingSymbol() {}

  /**
   * Names from the outermost to the innermost, joined by {@code /}; empty where nothing encloses
   * the line.
   *
   * @param line from 1
   */
  static String of(List<String> lines, int line) {
    Deque<String> names = new ArrayDeque<>();
    int indentation = Integer.MAX_VALUE;
    for (int at = Math.min(line, lines.size()) - 1; at >= 0 && indentation > 0; at--) {
      String text = lines.get(at);
      String code = text.strip();
      int here = indentation(text);
      boolean first = indentation == Integer.MAX_VALUE;
      if (code.isEmpty() || isBracket(code) || (here >= indentation && !first)) {
        continue;
      }
      String name = name(code, first);
      if (!name.isEmpty() && names.size() < MAX_DEPTH) {
        names.addFirst(name);
      }
      indentation = here;
    }
    return String.join("/", names);
  }

  private static boolean isBracket(String code) {
    return code.chars().allMatch(character -> "{}()[];,".indexOf(character) >= 0);
  }

  private static int indentation(String line) {
    int width = 0;
    for (int at = 0; at < line.length(); at++) {
      char character = line.charAt(at);
      if (character == '\t') {
        width += 8 - width % 8;
      } else if (character == ' ') {
        width++;
      } else {
        break;
      }
    }
    return width;
  }

  /**
   * @param own the line itself: it names what it declares, not what it calls
   */
  private static String name(String code, boolean own) {
    if (code.length() > MAX_NAME || code.startsWith("//") || code.startsWith("*")) {
      return "";
    }
    Matcher declared = DECLARED.matcher(code);
    if (declared.find()) {
      return declared.group(1);
    }
    Matcher word = FIRST_WORD.matcher(code);
    if (word.find() && STATEMENTS.contains(word.group(1))) {
      return "";
    }
    Matcher key = KEY.matcher(code);
    if (key.find()) {
      return key.group(1) == null ? key.group(2) : key.group(1);
    }
    Matcher callable = CALLABLE.matcher(code);
    return callable.find() && (own ? code.endsWith("{") : opensBody(code)) ? callable.group(1) : "";
  }

  private static boolean opensBody(String code) {
    return code.endsWith("{") || code.endsWith("(") || code.endsWith(",") || code.endsWith(")");
  }
}
