package dev.repofleet.bench;

import java.util.List;

/** One thing that is measured. */
interface Benchmark {
  /** Its arguments as a usage line has them, a word each: "..." says that more may come. */
  default String parameters() {
    return "";
  }

  /** What it measures, in half a line, and what it does without arguments. */
  String about();

  /**
   * Measures it, and prints the environment, a table, and each row as a line of JSON on standard
   * error.
   *
   * @throws IllegalArgumentException with a sentence, for arguments that it does not take
   */
  void run(List<String> arguments) throws Exception;

  /** The argument at a place as a number from 1. */
  static int number(List<String> arguments, int at, int otherwise) {
    if (arguments.size() <= at) {
      return otherwise;
    }
    String given = arguments.get(at);
    if (!given.matches("[1-9][0-9]{0,6}")) {
      throw new IllegalArgumentException("'" + given + "' is no number from 1");
    }
    return Integer.parseInt(given);
  }
}
