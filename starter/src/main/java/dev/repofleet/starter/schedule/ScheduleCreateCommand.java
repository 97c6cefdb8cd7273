package dev.repofleet.starter.schedule;

import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.starter.command.Amounts;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.FleetOption;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.review.BatchId;
import dev.repofleet.starter.review.BatchOptions;
import dev.repofleet.starter.review.ReviewRequest;
import dev.repofleet.starter.target.TargetReader;
import dev.repofleet.starter.target.WantedTargets;
import dev.repofleet.workflows.batch.BatchPage;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.schedule.ScheduledBatchInput;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code schedule create}: a batch that comes again. */
@Command(
    name = "create",
    mixinStandardHelpOptions = true,
    description = {
      "Creates a schedule: the same repositories are reviewed again by the same plan.",
      "Each time it is a batch of its own, NAME-yyyyMMdd-HHmmss. What is unchanged costs",
      "nothing."
    },
    footer = {
      "",
      "Examples:",
      "  repofleet schedule create nightly -f repositories.txt --cron '30 3 * * mon-fri' \\",
      "      --time-zone Europe/Berlin",
      "  repofleet schedule create twice-a-day owner/name --every 12h --budget-usd 5"
    })
final class ScheduleCreateCommand implements Callable<Integer> {
  private static final String NO_PATHS =
      "a path is sent once, so its commit would never change; name the URL it is cloned from";

  /** The server takes no less. */
  private static final Duration LEAST_CATCH_UP = Duration.ofSeconds(10);

  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "NAME", description = "Of the schedule.")
  private String name = "";

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "TARGET",
      description = "A URL, or owner/name (of github.com); with an optional @ref and #folder.")
  private @Nullable List<String> targets;

  @Option(
      names = "--cron",
      paramLabel = "EXPR",
      description = {
        "Minute, hour, day of month, month, day of week, in quotes, or @daily and the like;",
        "may be repeated."
      })
  private @Nullable List<String> crons;

  @Option(
      names = "--every",
      paramLabel = "T",
      description = "In place of --cron: 12h, 1d; counted from midnight of 1970-01-01, UTC.")
  private @Nullable String every;

  @Option(
      names = "--time-zone",
      paramLabel = "ZONE",
      description = "Of --cron, as Europe/Berlin. Default: UTC")
  private @Nullable String zone;

  @Option(
      names = "--overlap",
      paramLabel = "POLICY",
      defaultValue = "skip",
      completionCandidates = Policies.class,
      description = {
        "What becomes of a run that is due while a batch is at work:",
        "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}"
      })
  private String overlap = "";

  @Option(
      names = "--catch-up",
      paramLabel = "T",
      defaultValue = "1h",
      description = {
        "How late a run may begin that was due while the server was away, 10s or more.",
        "Default: ${DEFAULT-VALUE}"
      })
  private String catchUp = "";

  @Option(names = "--paused", description = "Starts nothing until it is resumed.")
  private boolean paused;

  @Mixin private BatchOptions options = new BatchOptions();

  @Mixin private FleetOption fleet = new FleetOption();

  @Spec private @Nullable CommandSpec spec;

  ScheduleCreateCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = Terminal.of(spec);
    ReviewRequest request;
    String schedule;
    Overlap policy;
    try {
      request =
          options
              .request(context, targets == null ? List.of() : targets)
              .fleet(fleet.in(context))
              .build();
      schedule =
          request
              .fleet()
              .requireSchedule(BatchId.of("Schedule", request.fleet(), name, terminal::say));
      policy = overlap();
    } catch (IllegalArgumentException e) {
      throw CommandException.wrongUse(String.valueOf(e.getMessage()));
    }
    ScheduleTimes times = ScheduleTimes.of(crons == null ? List.of() : crons, every, zone);
    Duration late = catchUp();
    Plan plan = request.load(context.workingDirectory());
    if (request.source() != null) {
      terminal.say(
          "The schedule keeps what "
              + request.source().name()
              + " lists now: repositories that come later are not in it");
    }
    try (WantedTargets wanted =
            new TargetReader(
                    context, terminal::say, request.filter(), request.skipInvalid(), NO_PATHS)
                .read(request.targets(), request.list(), request.source());
        TemporalConnection connection = TemporalConnection.open(context.environment())) {
      connection.requireKeys(request.fleet());
      ServerSchedule server = new ServerSchedule(context, connection, schedule);
      if (server.schedules().exists(schedule)) {
        throw FleetSchedules.taken(schedule);
      }
      ScheduledBatchInput input =
          input(request, server.records(), schedule, plan, wanted, terminal);
      create(server, new FleetSchedules.Wanted(input, times, policy, late, note()), terminal);
    }
    return ExitCode.OK.number();
  }

  private ScheduledBatchInput input(
      ReviewRequest request,
      ScheduleRecords records,
      String schedule,
      Plan plan,
      WantedTargets wanted,
      Terminal terminal) {
    ScheduleRecords.Written written =
        records.write(context.environment(), terminal::say, plan, wanted);
    return new ScheduledBatchInput(
        1,
        request.fleet().name(),
        schedule,
        written.manifest(),
        written.plan(),
        records.storeId(),
        request.concurrency(),
        request.agent(),
        request.limits(),
        request.useCache());
  }

  private void create(ServerSchedule server, FleetSchedules.Wanted wanted, Terminal terminal) {
    try {
      server.schedules().create(wanted, terminal::say);
    } catch (CommandException e) {
      // What was not refused for good may be there after all, or be yet to come.
      if (e.exitCode() == ExitCode.WRONG_USE) {
        server.records().discard(wanted.input().manifest(), wanted.input().plan());
      }
      throw e;
    }
    ScheduledBatchInput input = wanted.input();
    terminal.tell(
        "Schedule "
            + input.schedule()
            + " is created"
            + (paused ? ", paused" : "")
            + ": "
            + wanted.times().words()
            + "; "
            + BatchPage.summary(input.manifest().count(), input.plan().name(), input.agent())
            + ".");
    if (paused) {
      terminal.say("`repofleet schedule resume " + input.schedule() + "` has it begin.");
    } else {
      server.sayNext(terminal);
    }
  }

  private @Nullable String note() {
    return paused ? "created paused" : null;
  }

  private Overlap overlap() {
    try {
      return Overlap.of(overlap);
    } catch (IllegalArgumentException e) {
      throw CommandException.wrongUse("--overlap " + e.getMessage());
    }
  }

  private Duration catchUp() {
    Duration typed;
    try {
      typed = Amounts.duration(catchUp);
    } catch (IllegalArgumentException e) {
      throw CommandException.wrongUse("--catch-up: " + e.getMessage());
    }
    if (typed.compareTo(LEAST_CATCH_UP) < 0) {
      throw CommandException.wrongUse(
          "--catch-up " + catchUp + " is too short: the server takes 10s or more");
    }
    return typed;
  }

  /** What a shell may complete {@code --overlap} with. */
  static final class Policies implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Overlap.codes().iterator();
    }
  }
}
