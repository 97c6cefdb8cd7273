package dev.repofleet.starter.publish;

import dev.repofleet.artifacts.result.Published;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.render.TextTable;
import dev.repofleet.starter.render.TextTable.Cell;
import dev.repofleet.starter.render.TextTable.Column;
import dev.repofleet.starter.render.Tone;
import dev.repofleet.workflows.order.PublishMode;
import dev.repofleet.workflows.publish.PublishProgress;
import java.util.List;
import java.util.StringJoiner;

/** What was published, for people. Stateless. */
final class PublishText {
  private PublishText() {}

  /** How many came to what. */
  static String counts(PublishProgress progress) {
    boolean dry = progress.options().mode() == PublishMode.DRY_RUN;
    StringJoiner text = new StringJoiner(", ");
    text.add(progress.written() + (dry ? " would be published" : " published"));
    text.add(progress.already() + " there already");
    text.add(progress.nothing() + " with nothing to publish");
    if (progress.refused() > 0) {
      text.add(progress.refused() + " with something refused");
    }
    if (progress.failed() > 0) {
      text.add(progress.failed() + " failed");
    }
    return text.toString();
  }

  /** Why there was nothing to publish of some, a sentence each. */
  static List<String> reasons(PublishProgress progress) {
    return progress.reasons().entrySet().stream()
        .map(reason -> "Nothing of " + reason.getValue() + ": " + PlainText.of(reason.getKey()))
        .toList();
  }

  /** A row each. */
  static TextTable table(List<Published> all) {
    TextTable table =
        new TextTable(
            Column.name("REPOSITORY"),
            Column.word("STATE"),
            Column.word("CHECKS"),
            Column.word("SARIF"),
            Column.text("WHERE"));
    for (Published one : all) {
      Published.PullRequest pull = one.pullRequest();
      Published.Sarif sarif = one.sarif();
      String state = pull != null ? pull.state() : one.branch() != null ? "branch" : "-";
      table.row(
          Cell.of(PlainText.of(one.target())),
          new Cell(state, tone(state)),
          Cell.of(pull == null || pull.checks() == null ? "-" : pull.checks()),
          Cell.of(sarif == null ? "-" : sarif.state()),
          where(one));
    }
    return table;
  }

  private static Cell where(Published one) {
    if (!one.problems().isEmpty()) {
      return new Cell(PlainText.of(String.join("; ", one.problems())), Tone.WARNING);
    }
    Published.PullRequest pull = one.pullRequest();
    String branch = one.branch();
    return Cell.of(PlainText.of(pull != null ? pull.url() : branch == null ? "" : branch));
  }

  private static Tone tone(String state) {
    return switch (state) {
      case "merged" -> Tone.GOOD;
      case "closed" -> Tone.WARNING;
      default -> Tone.PLAIN;
    };
  }
}
