package dev.repofleet.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/**
 * Rows of figures: Markdown on standard output as they come, and each as a line of JSON on standard
 * error. For one thread.
 */
final class Table {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String benchmark;
  private final List<String> columns;

  /** Prints the environment and the head. */
  Table(String benchmark, String... columns) {
    this.benchmark = benchmark;
    this.columns = List.of(columns);
    System.out.printf("%s%n%n", line(BenchEnvironment.describe()));
    System.out.println("| " + String.join(" | ", columns) + " |");
    System.out.println("|---".repeat(columns.length) + "|");
  }

  /** Prints a row; numbers with a fraction get three digits. */
  void row(Object... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException("a row of " + cells.length + " in " + columns);
    }
    ObjectNode line = JSON.createObjectNode().put("benchmark", benchmark);
    StringBuilder row = new StringBuilder("|");
    for (int i = 0; i < cells.length; i++) {
      line.set(columns.get(i), JSON.valueToTree(cells[i]));
      row.append(' ').append(text(cells[i])).append(" |");
    }
    System.out.println(row);
    System.err.println(line(line));
  }

  private static String text(Object cell) {
    if (!(cell instanceof Double number)) {
      return String.valueOf(cell);
    }
    String form = Math.abs(number) >= 100 ? "%.0f" : Math.abs(number) >= 10 ? "%.1f" : "%.3f";
    return String.format(Locale.ROOT, form, number);
  }

  private static String line(ObjectNode json) {
    try {
      return JSON.writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
