package dev.repofleet.starter.server;

import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Temporal's server that is away for a while, as one sees it who only watches: said once, and
 * waited for. For one watcher and thread.
 */
public final class ServerAbsence {
  /** A server is restarted in minutes; after this a person must decide. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final String watched;
  private final String wayBack;
  private final Clock clock;
  private final Consumer<String> talk;

  private @Nullable Instant since;

  /**
   * None yet.
   *
   * @param watched goes on meanwhile where it can, in a word: a batch, a review
   * @param wayBack what to do once the server is back, as it goes on after that
   * @param talk is told when it begins and when it is over
   */
  public ServerAbsence(String watched, String wayBack, Clock clock, Consumer<String> talk) {
    this.watched = watched;
    this.wayBack = wayBack;
    this.clock = clock;
    this.talk = talk;
  }

  /** The server has answered. */
  public void over() {
    if (since != null) {
      since = null;
      talk.accept("Temporal answers again.");
    }
  }

  /**
   * The server has not answered.
   *
   * @throws CommandException with exit code 5 when it has been away for more than ten minutes
   */
  public void lasts(TemporalAwayException failure) {
    Instant now = clock.instant();
    if (since == null) {
      since = now;
      talk.accept(
          failure.getMessage() + ". The " + watched + " goes on where it can; still trying.");
    } else if (Duration.between(since, now).compareTo(PATIENCE) > 0) {
      throw new CommandException(
          ExitCode.UNREACHABLE,
          failure.getMessage()
              + " for "
              + PATIENCE.toMinutes()
              + " minutes: when it is back, "
              + wayBack,
          failure);
    }
  }
}
