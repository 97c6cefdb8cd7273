package dev.repofleet.starter.target;

import dev.repofleet.starter.command.NearestName;
import dev.repofleet.starter.plan.PlanOverrides;
import dev.repofleet.starter.render.PlainText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/** The columns of a list of targets, as its first line names them. Immutable. */
final class TargetColumns {
  private static final List<String> KNOWN =
      Stream.concat(Stream.of("url", "ref", "subpath"), PlanOverrides.KEYS.stream()).toList();

  private final List<String> names;

  private TargetColumns(List<String> names) {
    this.names = names;
  }

  /** Whether a list's first line names columns: no target has a part that is called so. */
  static boolean areNamedBy(CSVRecord first) {
    return first.size() == 1
        ? first.get(0).strip().equalsIgnoreCase("url")
        : first.stream().anyMatch(cell -> known(cell) != null);
  }

  private static @Nullable String known(String cell) {
    return KNOWN.stream().filter(cell.strip()::equalsIgnoreCase).findFirst().orElse(null);
  }

  /**
   * Reads the first line.
   *
   * @throws TargetException when a column is unknown, there twice, or {@code url} is missing
   */
  static TargetColumns of(CSVRecord first) {
    List<String> names = new ArrayList<>();
    for (String cell : first) {
      String name = known(cell);
      if (name == null) {
        throw new TargetException(
            "there is no column '"
                + PlainText.of(cell, 40)
                + "'"
                + NearestName.of(cell.strip(), KNOWN)
                    .map(near -> ", did you mean '" + near + "'?")
                    .orElse(";")
                + " columns are "
                + String.join(", ", KNOWN));
      }
      if (names.contains(name)) {
        throw new TargetException("the column '" + name + "' is there twice; keep one");
      }
      names.add(name);
    }
    if (!names.contains("url")) {
      throw new TargetException("there is no column 'url', which names the repository");
    }
    return new TargetColumns(List.copyOf(names));
  }

  /**
   * Reads a row; a blank cell says nothing.
   *
   * @throws TargetException when the row has no target, or more cells than there are columns
   */
  TargetLine line(String place, CSVRecord row) {
    Map<String, String> cells = new HashMap<>();
    for (int i = 0; i < row.size(); i++) {
      if (row.get(i).isBlank()) {
        continue;
      }
      if (i >= names.size()) {
        throw new TargetException(
            "the row has a cell more than there are columns: put quotes around one with a comma");
      }
      cells.put(names.get(i), row.get(i));
    }
    String url = cells.remove("url");
    if (url == null) {
      throw new TargetException("the column 'url' is empty");
    }
    return new TargetLine(place, url, cells.remove("ref"), cells.remove("subpath"), cells);
  }
}
