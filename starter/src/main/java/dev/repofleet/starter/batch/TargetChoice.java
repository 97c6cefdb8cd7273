package dev.repofleet.starter.batch;

import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.NearestName;
import dev.repofleet.starter.render.PlainText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the target of a batch that a person means. */
public final class TargetChoice {
  private static final int MAX_NAMED = 5;

  private TargetChoice() {}

  /**
   * The target by its key, by what was typed for the batch, by its URL, or by a part of these that
   * no other target has.
   *
   * @param batch id, for the message
   * @throws CommandException with exit code 2 when none or several are meant
   */
  public static TargetRow choose(String batch, List<TargetRow> targets, String typed) {
    List<Function<TargetRow, @Nullable String>> names =
        List.of(TargetRow::key, TargetRow::target, TargetRow::url);
    for (Function<TargetRow, @Nullable String> name : names) {
      List<TargetRow> exact =
          targets.stream()
              .filter(row -> typed.equals(name.apply(row)))
              .collect(Collectors.toList());
      if (exact.size() == 1) {
        return exact.get(0);
      }
      if (!exact.isEmpty()) {
        throw CommandException.wrongUse("batch " + batch + same(typed, exact));
      }
    }
    String part = typed.strip().toLowerCase(Locale.ROOT);
    List<TargetRow> meant =
        part.isEmpty()
            ? List.of()
            : targets.stream().filter(row -> isPart(part, row)).collect(Collectors.toList());
    if (meant.size() == 1) {
      return meant.get(0);
    }
    throw CommandException.wrongUse(
        "batch " + batch + (meant.isEmpty() ? unknown(typed, targets) : several(typed, meant)));
  }

  private static boolean isPart(String part, TargetRow row) {
    return row.target().toLowerCase(Locale.ROOT).contains(part) || row.key().contains(part);
  }

  /** Parts of a repository, or rows with plans of their own. */
  private static String same(String typed, List<TargetRow> meant) {
    return " has "
        + meant.size()
        + " targets of '"
        + PlainText.of(typed, 100)
        + "'; say which by its key: "
        + named(meant, TargetRow::key);
  }

  private static String several(String typed, List<TargetRow> meant) {
    return " has "
        + meant.size()
        + " targets with '"
        + PlainText.of(typed, 100)
        + "' in their names: "
        + named(meant, TargetRow::target)
        + "; write more of it";
  }

  private static String unknown(String typed, List<TargetRow> targets) {
    Map<String, TargetRow> names = new LinkedHashMap<>();
    for (TargetRow row : targets) {
      names.put(row.target(), row);
      names.putIfAbsent(row.target().substring(row.target().lastIndexOf('/') + 1), row);
    }
    return " has no target '"
        + PlainText.of(typed, 100)
        + "': "
        + NearestName.of(typed, names.keySet())
            .map(names::get)
            .map(row -> "did you mean '" + PlainText.of(row.target(), 100) + "'?")
            .orElseGet(() -> "it has " + named(targets, TargetRow::target));
  }

  private static String named(List<TargetRow> rows, Function<TargetRow, String> name) {
    String first =
        rows.stream()
            .limit(MAX_NAMED)
            .map(row -> PlainText.of(name.apply(row), 100))
            .collect(Collectors.joining(", "));
    return rows.size() > MAX_NAMED ? first + " and " + (rows.size() - MAX_NAMED) + " more" : first;
  }
}
