package dev.repofleet.starter.pool;

import dev.repofleet.starter.command.Amounts;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.FleetOption;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.pool.settings.IdleState;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import dev.repofleet.workflows.pool.settings.PoolSettingsChange;
import dev.repofleet.workflows.pool.settings.Reuse;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pool set}: changes settings of the pool while it works. */
@Command(
    name = "set",
    mixinStandardHelpOptions = true,
    description = {
      "Changes settings of the pool; they hold at once and for as long as the pool lives.",
      "Starts the pool when there is none. Says what changed."
    },
    footer = {
      "",
      "Examples:",
      "  repofleet pool set --maximum 100 --create-rate 5",
      "  repofleet pool set --minimum-idle claude=3 --idle paused",
      "  repofleet pool set --minimum-idle claude=0"
    })
final class PoolSetCommand implements Callable<Integer> {
  private static final Pattern WARM = Pattern.compile("([!-~&&[^=]]{1,100})=(-?\\d{1,9})");

  private final CommandContext context;

  @Option(
      names = "--maximum",
      paramLabel = "N",
      description = "Most sandboxes that run at once (maximumPoolSize), 1 to 10000.")
  private @Nullable Integer maximum;

  @Option(
      names = "--create-rate",
      paramLabel = "X",
      description = "Most sandboxes created or woken in a second, 0.1 to 1000.")
  private @Nullable Double createRate;

  @Option(
      names = "--max-paused",
      paramLabel = "N",
      description = "Most sandboxes that reviews keep paused, 0 to 10000.")
  private @Nullable Integer maxPaused;

  @Option(
      names = "--minimum-idle",
      paramLabel = "TEMPLATE=N",
      arity = "1..*",
      split = ",",
      description = {
        "Warm sandboxes to keep ready, 0 to 1000 each.",
        "Templates that are not named get none."
      })
  private @Nullable List<String> minimumIdle;

  @Option(
      names = "--idle",
      paramLabel = "STATE",
      completionCandidates = IdleStates.class,
      description = "How warm sandboxes wait: running or paused.")
  private @Nullable String idle;

  @Option(
      names = "--max-lifetime",
      paramLabel = "T",
      description = "How old a warm sandbox may become, 1m to 1d.")
  private @Nullable String maxLifetime;

  @Option(
      names = "--idle-timeout",
      paramLabel = "T",
      description = "How long one is kept for its repository, 1m to 1d.")
  private @Nullable String idleTimeout;

  @Option(
      names = "--reuse",
      paramLabel = "MODE",
      completionCandidates = Reuses.class,
      description = "What becomes of used sandboxes: none or repository.")
  private @Nullable String reuse;

  @Option(names = "--json", description = "Prints a JSON line.")
  private boolean json;

  @Mixin private FleetOption fleet = new FleetOption();

  @Spec private @Nullable CommandSpec spec;

  PoolSetCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    PoolSettingsChange change = change();
    Terminal terminal = Terminal.of(spec);
    Fleet asked = fleet.in(context);
    try (TemporalConnection connection = TemporalConnection.open(context.environment())) {
      connection.requireKeys(asked);
      FleetPool pool = new FleetPool(connection, asked);
      Optional<FleetPool.Run> run = pool.latest();
      boolean open = run.filter(FleetPool.Run::open).isPresent();
      PoolSettings before =
          open
              ? pool.status().require().settings()
              : run.map(FleetPool.Run::settings).orElse(PoolSettings.DEFAULT);
      @Nullable PoolSettings after = null;
      if (!open) {
        PoolSettings wanted = before.with(change);
        if (pool.start(wanted)) {
          terminal.say("Pool " + asked.poolWorkflowId() + " is started.");
          after = wanted;
        }
      }
      if (after == null) {
        after =
            pool.set(change)
                .orElseThrow(
                    () ->
                        CommandException.unreachable(
                            pool.name() + " has just been terminated: run the command again",
                            null));
      }
      tell(terminal, asked, before, after);
    }
    return ExitCode.OK.number();
  }

  private void tell(Terminal terminal, Fleet asked, PoolSettings before, PoolSettings after) {
    Map<String, String> changes = PoolWords.changes(before, after);
    if (json) {
      terminal.tellJson(PoolLines.changed(asked, before, after));
    } else {
      changes.forEach((name, change) -> terminal.tell(name + "  " + change));
    }
    if (changes.isEmpty()) {
      terminal.say("Nothing changed: the pool of fleet " + asked.name() + " was set so already.");
    }
  }

  /** Each option by itself first, so that the one that is wrong is named. */
  private PoolSettingsChange change() {
    @Nullable Map<String, Integer> warm = minimumIdle == null ? null : warm(minimumIdle);
    @Nullable IdleState state = idle == null ? null : state(idle);
    @Nullable Duration lifetime = time("--max-lifetime", maxLifetime);
    @Nullable Duration timeout = time("--idle-timeout", idleTimeout);
    @Nullable Reuse used = reuse == null ? null : reuse(reuse);
    if (Stream.of(maximum, createRate, maxPaused, warm, state, lifetime, timeout, used)
        .allMatch(value -> value == null)) {
      throw CommandException.wrongUse(
          "nothing to set: name a setting, as in `repofleet pool set --maximum 100`; `repofleet"
              + " pool show` shows them");
    }
    check("--maximum " + maximum, of(maximum, null, null, null, null, null));
    check("--create-rate " + createRate, of(null, createRate, null, null, null, null));
    check("--max-paused " + maxPaused, of(null, null, maxPaused, null, null, null));
    check(
        "--minimum-idle " + (minimumIdle == null ? "" : String.join(" ", minimumIdle)),
        of(null, null, null, warm, null, null));
    check("--max-lifetime " + maxLifetime, of(null, null, null, null, lifetime, null));
    check("--idle-timeout " + idleTimeout, of(null, null, null, null, null, timeout));
    return new PoolSettingsChange(
        maximum, createRate, maxPaused, warm, state, lifetime, timeout, used);
  }

  private static PoolSettingsChange of(
      @Nullable Integer maximum,
      @Nullable Double createRate,
      @Nullable Integer maxPaused,
      @Nullable Map<String, Integer> warm,
      @Nullable Duration lifetime,
      @Nullable Duration timeout) {
    return new PoolSettingsChange(
        maximum, createRate, maxPaused, warm, null, lifetime, timeout, null);
  }

  private static void check(String typed, PoolSettingsChange alone) {
    try {
      PoolSettings.DEFAULT.with(alone);
    } catch (IllegalArgumentException e) {
      throw CommandException.wrongUse(typed + ": " + e.getMessage());
    }
  }

  private static Map<String, Integer> warm(List<String> typed) {
    Map<String, Integer> warm = new TreeMap<>();
    for (String one : typed) {
      Matcher parts = WARM.matcher(one);
      if (!parts.matches()) {
        throw CommandException.wrongUse(
            "--minimum-idle '" + one + "' is not of the form TEMPLATE=N, such as claude=3");
      }
      if (warm.put(parts.group(1), Integer.parseInt(parts.group(2))) != null) {
        throw CommandException.wrongUse(
            "--minimum-idle names template '" + parts.group(1) + "' twice");
      }
    }
    return warm;
  }

  private static @Nullable Duration time(String option, @Nullable String typed) {
    try {
      return typed == null ? null : Amounts.duration(typed);
    } catch (IllegalArgumentException e) {
      throw CommandException.wrongUse(option + ": " + e.getMessage());
    }
  }

  private static IdleState state(String typed) {
    return Arrays.stream(IdleState.values())
        .filter(value -> value.code().equals(typed.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () -> CommandException.wrongUse("--idle is running or paused, not '" + typed + "'"));
  }

  private static Reuse reuse(String typed) {
    return Arrays.stream(Reuse.values())
        .filter(value -> value.code().equals(typed.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () -> CommandException.wrongUse("--reuse is none or repository, not '" + typed + "'"));
  }

  /** What a shell may complete {@code --idle} with. */
  static final class IdleStates implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(IdleState.values()).map(IdleState::code).iterator();
    }
  }

  /** What a shell may complete {@code --reuse} with. */
  static final class Reuses implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(Reuse.values()).map(Reuse::code).iterator();
    }
  }
}
