package dev.repofleet.starter.estimate;

import dev.repofleet.artifacts.plan.CloneOptions;
import dev.repofleet.starter.estimate.EstimateRow.Action;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.render.TextStyle;
import dev.repofleet.starter.render.TextTable;
import dev.repofleet.starter.render.TextTable.Cell;
import dev.repofleet.starter.render.TextTable.Column;
import dev.repofleet.starter.render.Tone;
import dev.repofleet.starter.render.Wording;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An estimate for people: a table of the targets, and what they come to. */
public final class EstimateText {
  private static final int MOST_SOURCES = 5;

  private EstimateText() {}

  /** The lines. */
  public static List<String> lines(
      List<EstimateRow> rows, EstimateSummary summary, TextStyle style) {
    TextTable table =
        new TextTable(
            Column.name("TARGET"),
            Column.word("WOULD BE"),
            Column.number("SIZE"),
            Column.number("P50"),
            Column.number("P90"),
            Column.text("FROM"));
    for (EstimateRow row : rows) {
      table.row(
          Cell.of(row.target()),
          action(row.action()),
          Cell.of(size(row)),
          Cell.of(dollars(row.p50Usd())),
          Cell.of(dollars(row.p90Usd())),
          Cell.of(from(row)));
    }
    List<String> lines = new ArrayList<>(table.lines(style));
    boolean cut = lines.stream().anyMatch(line -> line.endsWith("…"));
    lines.add("");
    if (cut) {
      sources(rows).forEach(lines::add);
    }
    for (EstimateRow row : rows) {
      String message = row.message();
      if (message != null) {
        // Most causes name it themselves.
        String target = message.contains(row.target()) ? "" : row.target() + ": ";
        lines.add(PlainText.of(target + message));
      }
    }
    lines.add(counts(summary));
    lines.add(cost(rows, summary));
    Long seconds = summary.seconds();
    if (seconds != null) {
      lines.add(
          "Time: about "
              + Wording.duration(Duration.ofSeconds(seconds))
              + " with "
              + summary.concurrency()
              + " at once, by the median of what those reviews took");
    }
    return lines;
  }

  /** What a repository may still fail by, since only its clone brings it in; empty when nothing. */
  public static Optional<String> notLookedAt(CloneOptions clone) {
    String what =
        clone.submodules() && clone.lfs()
            ? "Submodules and files of Git LFS"
            : clone.submodules() ? "Submodules" : clone.lfs() ? "Files of Git LFS" : "";
    return what.isEmpty()
        ? Optional.empty()
        : Optional.of(what + " are not looked at: a review fails by one that it can't have.");
  }

  /** In whole, where the table has no room for them. */
  private static List<String> sources(List<EstimateRow> rows) {
    List<String> sources =
        rows.stream()
            .map(EstimateRow::from)
            .flatMap(Stream::ofNullable)
            .map(basis -> "From " + basis.sentence())
            .distinct()
            .toList();
    return sources.size() <= MOST_SOURCES
        ? sources
        : Stream.concat(
                sources.stream().limit(MOST_SOURCES),
                Stream.of("and " + (sources.size() - MOST_SOURCES) + " more sources"))
            .toList();
  }

  private static Cell action(Action action) {
    return switch (action) {
      case REVIEW -> Cell.of("reviewed");
      case SKIP -> new Cell("skipped", Tone.FAINT);
      case FAIL -> new Cell("failed", Tone.BAD);
      case UNKNOWN -> new Cell("unknown", Tone.FAINT);
    };
  }

  private static String size(EstimateRow row) {
    Integer files = row.files();
    Long bundle = row.bundleBytes();
    if (files != null) {
      return Wording.count(files, "file", "files");
    }
    return bundle == null ? "not known" : Wording.bytes(bundle) + " packed";
  }

  private static String dollars(@Nullable Double usd) {
    return usd == null ? "-" : Wording.dollars(usd);
  }

  private static String from(EstimateRow row) {
    Basis basis = row.from();
    return switch (row.action()) {
      case SKIP -> "unchanged since batch " + row.unchangedSince();
      case FAIL, UNKNOWN -> String.valueOf(row.cause());
      case REVIEW ->
          basis != null
              ? basis.sentence()
              : row.p50Usd() == null
                  ? "no review yet; the plan allows " + Wording.dollars(row.maxUsd())
                  : "no model is used";
    };
  }

  private static String counts(EstimateSummary summary) {
    String of =
        summary.sampled()
            ? (summary.lookedAt() + summary.unknown())
                + " of "
                + summary.repositories()
                + " repositories were looked at, evenly spread: "
            : Wording.count(summary.repositories(), "repository", "repositories") + ": ";
    return of
        + summary.review()
        + " would be reviewed, "
        + summary.skip()
        + " skipped as unchanged, "
        + summary.fail()
        + " failed"
        + (summary.unknown() == 0
            ? ""
            : ", "
                + summary.unknown()
                + " could not be asked now"
                + (summary.lookedAt() == 0 ? "" : ", for which the others stand"));
  }

  private static String cost(List<EstimateRow> rows, EstimateSummary summary) {
    Double p50 = summary.p50Usd();
    Double p90 = summary.p90Usd();
    Double budget = summary.budgetUsd();
    String most =
        "at most "
            + Wording.dollars(summary.maxUsd())
            + (budget != null && budget <= summary.maxUsd()
                ? ", the batch's budget"
                : ", what the plan's limits.budgetUsd allows");
    if (p50 == null || p90 == null) {
      return "Cost: not known, since "
          + (summary.lookedAt() == 0
              ? "no repository could be asked now; "
              : "this store has no review of this agent to go by; ")
          + most;
    }
    if (rows.stream().map(EstimateRow::from).noneMatch(Objects::nonNull)) {
      return "Cost: " + Wording.dollars(p50) + (summary.review() > 0 ? ", no model is used" : "");
    }
    Double over = summary.overBudget();
    return "Cost: "
        + Wording.dollars(p50)
        + " (p50), "
        + Wording.dollars(p90)
        + " (p90); "
        + most
        + (over == null || over == 0
            ? ""
            : String.format(
                Locale.ROOT, "; in %.0f %% of the draws the batch would stop there", over * 100));
  }
}
