package dev.repofleet.starter.schedule;

import dev.repofleet.starter.command.Amounts;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.render.TextStyle;
import dev.repofleet.starter.render.Tone;
import dev.repofleet.starter.render.Wording;
import dev.repofleet.workflows.batch.BatchPage;
import dev.repofleet.workflows.order.BatchLimits;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A schedule in lines for a person. */
final class ScheduleText {
  private static final int LABEL = 9;
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  private final ScheduleSeen seen;
  private final Clock clock;
  private final TextStyle style;
  private final List<String> lines = new ArrayList<>();

  ScheduleText(ScheduleSeen seen, Clock clock, TextStyle style) {
    this.seen = seen;
    this.clock = clock;
    this.style = style;
  }

  /** Times in the zone of the clock, which is named. */
  static String times(List<Instant> times, Clock clock) {
    return times.stream()
            .map(time -> TIME.format(time.atZone(clock.getZone())))
            .collect(Collectors.joining(", "))
        + " ("
        + clock.getZone()
        + ")";
  }

  List<String> lines() {
    lines.add(style.dress(Tone.STRONG, seen.schedule()) + state());
    // Others may have written them.
    line("when", PlainText.of(seen.times()));
    line("what", PlainText.of(BatchPage.summary(seen.repositories(), seen.plan(), seen.agent())));
    line("each", each());
    line(
        "overlap",
        seen.overlap() + "; catch-up " + Amounts.text(Duration.ofSeconds(seen.catchUpSeconds())));
    line(
        "next",
        seen.paused()
            ? "none while it is paused"
            : seen.next().isEmpty() ? "none" : times(seen.next(), clock));
    for (int i = 0; i < seen.batches().size(); i++) {
      line(i == 0 ? "latest" : "", batch(seen.batches().get(i)));
    }
    line(
        "runs",
        seen.started()
            + " started, "
            + seen.skippedOverlap()
            + " skipped while one was at work, "
            + seen.missedCatchUp()
            + " missed");
    return List.copyOf(lines);
  }

  private String state() {
    if (!seen.paused()) {
      return "";
    }
    return ": "
        + style.dress(Tone.WARNING, "paused")
        + (seen.reason() == null ? "" : ": " + PlainText.of(seen.reason(), 200))
        + "; `repofleet schedule resume "
        + seen.schedule()
        + "`";
  }

  private String each() {
    BatchLimits limits = seen.limits();
    List<String> parts = new ArrayList<>();
    parts.add(seen.concurrency() + " at once");
    @Nullable Double budget = limits.budgetUsd();
    if (budget != null) {
      parts.add(Wording.dollars(budget) + " at most");
    }
    if (limits.failures() != null) {
      parts.add("stops at " + Wording.count(limits.failures(), "failure", "failures"));
    }
    if (limits.failurePercent() != null) {
      parts.add("stops at " + limits.failurePercent() + " % failures");
    }
    if (!seen.useCache()) {
      parts.add("what is unchanged too");
    }
    return String.join(", ", parts);
  }

  private static String batch(ScheduleSeen.Run run) {
    return run.batch()
        + "  "
        + run.status()
        + (run.problem() == null ? "" : ": " + PlainText.of(run.problem(), 300));
  }

  private void line(String label, String value) {
    lines.add("  " + label + " ".repeat(LABEL - label.length()) + value);
  }
}
