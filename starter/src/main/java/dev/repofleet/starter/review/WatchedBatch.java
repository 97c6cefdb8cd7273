package dev.repofleet.starter.review;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.batch.BatchAssembly;
import dev.repofleet.starter.batch.BatchEnd;
import dev.repofleet.starter.batch.BatchListener;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.batch.BatchView;
import dev.repofleet.starter.batch.BatchWatcher;
import dev.repofleet.starter.batch.EndJudgement;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.InterruptNotice;
import dev.repofleet.starter.command.Pause;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.command.TerminalSize;
import dev.repofleet.starter.command.TerminalStyle;
import dev.repofleet.starter.live.LiveBatch;
import dev.repofleet.starter.live.LiveView;
import dev.repofleet.starter.out.OutFolder;
import dev.repofleet.starter.render.BatchEvent;
import dev.repofleet.starter.render.BatchSummary;
import dev.repofleet.starter.render.HoldEvent;
import dev.repofleet.starter.render.RepositoryEvent;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Watches a batch to its end for a person or a script, then copies and shows what came of it: what
 * {@code review} and {@code watch} have in common. For one batch and one thread.
 *
 * <p>On a terminal a table is drawn in its place; elsewhere there is a line for each event.
 */
final class WatchedBatch {
  private final CommandContext context;
  private final Terminal terminal;
  private final Options options;

  WatchedBatch(CommandContext context, Terminal terminal, Options options) {
    this.context = context;
    this.terminal = terminal;
    this.options = options;
  }

  /**
   * How it is shown.
   *
   * @param json events as JSON lines, nothing drawn
   * @param out where results are copied; absent: nowhere
   * @param store the artifact store's place, to be told
   */
  record Options(boolean json, @Nullable OutFolder out, String store) {
    Options {
      Objects.requireNonNull(store, "store");
    }
  }

  /**
   * Blocks until the batch has ended.
   *
   * @param startedAt for a batch that leaves no result
   * @param interrupted says where the batch is found again when the process is told to end
   * @return the code to end with
   */
  ExitCode toItsEnd(BatchView view, BatchRecords records, Instant startedAt, Runnable interrupted)
      throws InterruptedException {
    try (InterruptNotice notice = new InterruptNotice(interrupted)) {
      BatchEnd end = watch(view, records, notice);
      return finish(end, new BatchAssembly(records).ended(view, end, startedAt), records);
    }
  }

  private BatchEnd watch(BatchView view, BatchRecords records, InterruptNotice notice)
      throws InterruptedException {
    if (options.json() || !TerminalStyle.mayDraw(context.environment())) {
      return new BatchWatcher(
              view, records, new EventLines(notice), context.clock(), Pause.SLEEPING)
          .watch();
    }
    List<TargetRow> targets = records.targets();
    LiveView drawn =
        new LiveView(
            new LiveBatch(records.batch(), targets.size()),
            terminal.err(),
            context.environment(),
            TerminalSize::now,
            context.clock());
    LiveWatch live = new LiveWatch(view, targets, drawn, Pause.SLEEPING, notice);
    BatchEnd end = new BatchWatcher(view, records, live, context.clock(), live).watch();
    drawn.end();
    return end;
  }

  /** A line an event, until the process ends. */
  private final class EventLines implements BatchListener {
    private final InterruptNotice notice;

    EventLines(InterruptNotice notice) {
      this.notice = notice;
    }

    @Override
    public void repository(RepositoryEvent event) {
      if (notice.interrupted()) {
        return;
      }
      if (options.json()) {
        terminal.tellJson(ArtifactJson.line(event));
      } else {
        terminal.say(event.line());
      }
    }

    @Override
    public void hold(HoldEvent event) {
      if (notice.interrupted()) {
        return;
      }
      if (options.json()) {
        terminal.tellJson(ArtifactJson.line(event));
      }
      terminal.say(event.line());
    }

    @Override
    public void say(String line) {
      if (!notice.interrupted()) {
        terminal.say(line);
      }
    }
  }

  private ExitCode finish(BatchEnd end, BatchResult result, BatchRecords records) {
    boolean anyStarted =
        result.repositories().stream()
            .anyMatch(
                row -> row.files().review() != null || row.status() != RepositoryStatus.FAILED);
    OutFolder out = anyStarted || end.kind() == BatchEnd.Kind.COMPLETED ? options.out() : null;
    CommandException unwritten = out == null ? null : fill(out, result, records);
    if (options.json()) {
      terminal.tellJson(BatchEvent.line(result));
    } else if (end.kind() != BatchEnd.Kind.FAILED || anyStarted) {
      BatchSummary.lines(result, TerminalStyle.of(context.environment()))
          .forEach(terminal.out()::println);
      terminal.out().flush();
    }
    if (unwritten != null) {
      throw unwritten;
    }
    if (out != null) {
      terminal.say("Results in " + out.folder() + ", begin with report.html");
    } else if (anyStarted) {
      terminal.say(
          "Results in the artifact store " + options.store() + ", under reviews/" + result.batch());
    }
    return EndJudgement.exitCode(end, result);
  }

  /** Returns what went wrong: how the batch ended is told all the same. */
  private @Nullable CommandException fill(OutFolder out, BatchResult result, BatchRecords records) {
    try {
      out.fill(result, records, terminal::say);
      return null;
    } catch (CommandException e) {
      return e;
    }
  }
}
