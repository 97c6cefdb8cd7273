package dev.repofleet.workflows.review;

import dev.repofleet.workflows.PageText;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import dev.repofleet.workflows.activities.git.EarlierResult;
import dev.repofleet.workflows.order.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What Temporal's UI shows of a review besides its timeline, in Markdown. */
public final class ReviewPage {
  private ReviewPage() {}

  /**
   * What does not change: which repository, and where its results will be.
   *
   * @param batch id
   * @param key of the repository
   */
  public static String about(String batch, String key, Target target) {
    List<List<String>> rows = new ArrayList<>();
    row(rows, "repository", target.url() == null ? target.name() : target.url());
    row(rows, "ref", target.ref());
    row(rows, "folder", target.subpath());
    row(rows, "batch", batch);
    row(rows, "results", "reviews/" + batch + "/" + key);
    row(rows, "live", "repofleet logs " + batch + " " + key + " -f");
    return PageText.table(List.of("review", ""), rows);
  }

  private static void row(List<List<String>> rows, String name, @Nullable String value) {
    if (value != null) {
      rows.add(List.of(name, PageText.code(value)));
    }
  }

  /**
   * How it stands, at the border of a step.
   *
   * @param turns that have ended
   * @param unchanged the result it stands on; absent when it is worked for
   */
  static String now(
      RepositoryProgress progress, List<TurnOutcome> turns, @Nullable EarlierResult unchanged) {
    StringBuilder page = new StringBuilder("**" + progress.stage().code() + "**");
    if (progress.stage() == Stage.RUN || progress.stage() == Stage.FOLLOW_UP) {
      page.append(", turn ").append(progress.turn());
    }
    if (progress.status() != null) {
      page.append(": ").append(progress.status().code());
    }
    if (progress.cause() != null) {
      page.append(", ").append(progress.cause().code());
    }
    if (progress.awaiting() != null) {
      page.append(", waits for the update `approve` or `reject`");
    }
    if (unchanged != null) {
      page.append(", since batch ").append(PageText.code(unchanged.batch()));
      page.append(": nothing is run");
    }
    page.append("\n\nFindings: ").append(PageText.findings(progress.findings()));
    page.append(" · cost of the ended turns: ").append(PageText.dollars(progress.costUsd()));
    if (!turns.isEmpty()) {
      page.append("\n\n");
      page.append(
          PageText.table(
              List.of("turn", "prompt", "ended", "steps", "tokens out", "cost", "seconds"),
              turns.stream().map(ReviewPage::row).toList()));
    }
    return page.toString();
  }

  private static List<String> row(TurnOutcome turn) {
    return List.of(
        Integer.toString(turn.turn()),
        turn.prompt().name().toLowerCase(Locale.ROOT),
        turn.cause() == null ? "well" : turn.cause().code(),
        Integer.toString(turn.agentTurns()),
        Long.toString(turn.usage().outputTokens()),
        PageText.dollars(turn.usage().costUsd()),
        Long.toString(turn.milliseconds() / 1000));
  }
}
