package dev.repofleet.e2b.local.simulated;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Cuts a shell text into words and operators: quotes, variables, comments. Variables are filled in
 * when a word is read, so it reads one command at a time. Not thread-safe.
 */
final class ShellWords {
  /** What this shell can't do: it must be seen, and not be passed over. */
  static final class Unsupported extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unsupported(String what) {
      super(what);
    }
  }

  /**
   * A part of a command.
   *
   * @param operator whether it is one, such as {@code >}, and no word
   */
  record Word(String text, boolean operator) {}

  private final String text;
  private final UnaryOperator<String> variables;
  private int at;

  ShellWords(String text, UnaryOperator<String> variables) {
    this.text = text;
    this.variables = variables;
  }

  /**
   * The next command with the operator that ends it ({@code ;}, {@code &&}, {@code ||}); empty at
   * the end of the text.
   */
  List<Word> command() {
    List<Word> words = new ArrayList<>();
    while (at < text.length()) {
      char now = text.charAt(at);
      if (now == ' ' || now == '\t') {
        at++;
      } else if (now == '#') {
        skipLine();
      } else if (now == '\\' && text.startsWith("\n", at + 1)) {
        at += 2;
      } else if (now == '\n' || now == ';') {
        at++;
        if (!words.isEmpty()) {
          words.add(new Word(";", true));
          return words;
        }
      } else if (text.startsWith("&&", at) || text.startsWith("||", at)) {
        words.add(new Word(text.substring(at, at + 2), true));
        at += 2;
        return words;
      } else {
        words.add(operatorOrWord());
      }
    }
    return words;
  }

  private void skipLine() {
    while (at < text.length() && text.charAt(at) != '\n') {
      at++;
    }
  }

  private Word operatorOrWord() {
    for (String operator : List.of("2>&1", ">&2", "2>>", "2>", ">>", ">", "<")) {
      if (text.startsWith(operator, at)) {
        at += operator.length();
        return new Word(operator, true);
      }
    }
    return new Word(word(), false);
  }

  private String word() {
    StringBuilder word = new StringBuilder();
    while (at < text.length()) {
      char now = text.charAt(at);
      if (" \t\n;<>".indexOf(now) >= 0 || text.startsWith("&&", at) || text.startsWith("||", at)) {
        break;
      }
      if ("&|()`*?".indexOf(now) >= 0) {
        throw new Unsupported("'" + now + "'");
      }
      at++;
      switch (now) {
        case '\'' -> word.append(upTo('\''));
        case '"' -> quoted(word);
        case '$' -> word.append(variable());
        case '\\' -> word.append(text.charAt(at++));
        default -> word.append(now);
      }
    }
    return word.toString();
  }

  private void quoted(StringBuilder word) {
    while (at < text.length() && text.charAt(at) != '"') {
      char now = text.charAt(at++);
      if (now == '$') {
        word.append(variable());
      } else if (now == '`') {
        throw new Unsupported("a command in a word");
      } else if (now == '\\' && "\\\"$`".indexOf(text.charAt(at)) >= 0) {
        word.append(text.charAt(at++));
      } else {
        word.append(now);
      }
    }
    end();
  }

  private String upTo(char mark) {
    int end = text.indexOf(mark, at);
    if (end < 0) {
      throw new Unsupported("a quote that does not end");
    }
    String part = text.substring(at, end);
    at = end + 1;
    return part;
  }

  private void end() {
    if (at >= text.length()) {
      throw new Unsupported("a quote that does not end");
    }
    at++;
  }

  private String variable() {
    if (text.startsWith("(", at)) {
      throw new Unsupported("a command in a word");
    }
    if (text.startsWith("{", at)) {
      at++;
      String name = upTo('}');
      if (!name.matches("\\w+")) {
        throw new Unsupported("${" + name + "}");
      }
      return variables.apply(name);
    }
    int from = at;
    while (at < text.length() && String.valueOf(text.charAt(at)).matches("\\w")) {
      at++;
    }
    if (at == from) {
      throw new Unsupported("a variable without a name");
    }
    return variables.apply(text.substring(from, at));
  }
}
