package dev.repofleet.worker.agent;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the run script says of a turn: one line such as {@code finished i=0 rc=0 out=12345 age=7}.
 *
 * @param kind of state
 * @param incarnation the latest process of the turn, from 0; -1 when there is none
 * @param exitCode of a finished one, else -1
 * @param out bytes of output so far
 * @param age seconds since it was started
 */
record RunState(Kind kind, int incarnation, int exitCode, long out, long age) {

  enum Kind {
    NONE,
    STARTING,
    RUNNING,
    FINISHED,
    DIED,
    STOPPED
  }

  private static final Pattern FIELD = Pattern.compile("(\\w+)=(-?\\d{1,18})");

  /**
   * Reads the script's line.
   *
   * @throws IllegalArgumentException when it is none
   */
  static RunState parse(String line) {
    String text = line.strip();
    String word = text.contains(" ") ? text.substring(0, text.indexOf(' ')) : text;
    Kind kind;
    try {
      kind = Kind.valueOf(word.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the run script answered \"" + bounded(text) + "\"", e);
    }
    long incarnation = -1;
    long exitCode = -1;
    long out = 0;
    long age = 0;
    Matcher field = FIELD.matcher(text);
    while (field.find()) {
      long value = Long.parseLong(field.group(2));
      switch (field.group(1)) {
        case "i" -> incarnation = value;
        case "rc" -> exitCode = value;
        case "out" -> out = value;
        case "age" -> age = value;
        default -> {
          // A newer script may say more.
        }
      }
    }
    return new RunState(kind, (int) incarnation, (int) exitCode, out, age);
  }

  private static String bounded(String text) {
    return text.length() <= 200 ? text : text.substring(0, 200) + "…";
  }
}
