package dev.repofleet.worker.review;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the lines of a file belong to, by indentation and the look of declarations: the same in
 * every language, exact in none. It only has to stay the same while code around it moves. Every
 * line is looked at once, however many are asked for. Not thread-safe.
 */
final class EnclosingSymbols {
  private static final int NONE = -1;
  private static final int MAX_DEPTH = 8;

  /** A longer line declares nothing that people would name. */
  private static final int MAX_LINE = 200;

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
              + "(?:\\([^)]*\\)\\s*)?([A-Za-z_$](?:[\\w$.:-]*[\\w$])?|\"[^\"]+\")");

  private static final Pattern CALLABLE =
      Pattern.compile("([A-Za-z_$~][\\w$:.~-]*)\\s*(?:<[^>]*>)?\\s*\\([^;]*$");

  /** Of YAML, TOML, INI, and an object's member. */
  private static final Pattern KEY =
      Pattern.compile(
          "^(?:- )?[\"']?([\\w.$/-]+)[\"']?\\s*:\\s*(?:[|>{\\[].*)?$|^\\[+([^\\]]+)\\]+$");

  private static final Pattern FIRST_WORD = Pattern.compile("^[}\\s]*([A-Za-z_]+)");

  private final List<String> lines;

  /** Of each line: the nearest line from it upwards that says something. */
  private final int[] nearest;

  /** Of each line that says something: the nearest one above that is indented less. */
  private final int[] parents;

  private final Map<Integer, String> names = new HashMap<>();

  private EnclosingSymbols(List<String> lines) {
    this.lines = lines;
    this.nearest = new int[lines.size()];
    this.parents = new int[lines.size()];
    int[] indentations = new int[lines.size()];
    Deque<Integer> open = new ArrayDeque<>();
    int last = NONE;
    for (int at = 0; at < nearest.length; at++) {
      if (saysSomething(lines.get(at))) {
        indentations[at] = indentation(lines.get(at));
        while (!open.isEmpty() && indentations[open.element()] >= indentations[at]) {
          open.remove();
        }
        parents[at] = open.isEmpty() ? NONE : open.element();
        open.push(at);
        last = at;
      }
      nearest[at] = last;
    }
  }

  static EnclosingSymbols in(List<String> lines) {
    return new EnclosingSymbols(lines);
  }

  /**
   * Names from the outermost to the innermost, joined by {@code /}; empty where nothing encloses
   * the line.
   *
   * @param line from 1, at most the number of lines
   */
  String of(int line) {
    int own = nearest[line - 1];
    if (own == NONE) {
      return "";
    }
    Deque<String> found = new ArrayDeque<>();
    add(found, name(code(own), true));
    for (int at = parents[own]; at != NONE && found.size() < MAX_DEPTH; at = parents[at]) {
      add(found, names.computeIfAbsent(at, parent -> name(code(parent), false)));
    }
    return String.join("/", found);
  }

  private static void add(Deque<String> found, String name) {
    if (!name.isEmpty()) {
      found.addFirst(name);
    }
  }

  private String code(int at) {
    return lines.get(at).strip();
  }

  /** Whether there is more than blanks and brackets. */
  private static boolean saysSomething(String line) {
    return line.chars()
        .anyMatch(
            character -> !Character.isWhitespace(character) && "{}()[];,".indexOf(character) < 0);
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
    if (code.length() > MAX_LINE || code.startsWith("//") || code.startsWith("*")) {
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
