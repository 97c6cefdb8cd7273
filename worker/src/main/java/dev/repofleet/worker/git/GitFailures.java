package dev.repofleet.worker.git;

import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Excerpt;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What Git's own words mean, told with {@code LC_ALL=C}. Git has one exit code for everything that
 * goes wrong at a host, so its sentences are all there is (observed, Git 2.39).
 */
final class GitFailures {
  private static final int QUOTED = 200;
  private static final Duration LONGEST_DELAY = Duration.ofMinutes(15);

  /** What lacks an object or a name. clone.sh has the same. */
  static final String NO_SUCH_OBJECT =
      "not our ref|unadvertised object|(couldn't find|no such) remote ref";

  private static final Pattern AUTH =
      words(
          "could not read (username|password)|terminal prompts disabled|authentication (failed|required)"
              + "|returned error: 40[13]|access denied");
  private static final Pattern ASKED_BY =
      words("could not read (?:username|password) for '\\w+://(?:[^@/']*@)?([^/']+)");
  private static final Pattern RATE = words("returned error: 429|rate limit exceeded");

  /** What Git LFS says last, after what it was that went wrong. */
  private static final Pattern LFS_END = words("failed to fetch some objects");

  /** As Git quotes it: its words are not Git's. */
  private static final Pattern URL = words("'\\w+://[^']*'");

  private static final Pattern MOVED = words("returned error: 30[0-9]|redirect");
  private static final Pattern GONE =
      words(
          "returned error: (404|410)|repository .* not found|is this a git repository|no commit|"
              + NO_SUCH_OBJECT);
  private static final Pattern LARGE_FILES =
      words("\\[404] object does not exist|object does not exist: |repository or object not found");
  private static final Pattern OBJECTS = words("fsck error|fsck failed|unpack.*failed: .*object");

  /**
   * Lines that quote a host, whose words may have line ends of their own but for those after {@code
   * remote:}, which Git writes before each line.
   */
  private static final Pattern QUOTING_THE_HOST =
      Pattern.compile(
          "(?dm)^(remote:.*|(fatal: remote error:|error: remote unpack failed:| ! \\[remote )(?s:.*))");

  /** The system's own words end a line; the name of a file, which Git quotes, does not. */
  private static final Pattern FULL = Pattern.compile("(?dm): No space left on device$");

  private GitFailures() {}

  private static Pattern words(String regex) {
    return Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
  }

  /** Whether a login is what it lacks. */
  static boolean asksForLogin(String stderr) {
    return AUTH.matcher(stderr).find();
  }

  /** Whether Git says so of the disk it writes to; a host may be out of space as well. */
  static boolean tellsOfFullDisk(String stderr) {
    return FULL.matcher(QUOTING_THE_HOST.matcher(stderr).replaceAll("")).find();
  }

  /**
   * The failure for what Git wrote.
   *
   * @param retryAfter the header's value as the host sent it; absent when it sent none
   * @param secrets kept out of the message
   */
  static ApplicationFailure of(
      GitRemote remote, String stderr, @Nullable String retryAfter, KnownSecrets secrets) {
    String name = remote.name();
    if (RATE.matcher(stderr).find()) {
      String message = name + ": " + remote.host() + " limits the rate of requests";
      Duration delay = delay(retryAfter, Instant.now());
      return delay == null
          ? FailureMapper.failure(Cause.GIT_RATE_LIMITED, message, null)
          : FailureMapper.failure(
              Cause.GIT_RATE_LIMITED, message + " for " + delay.toSeconds() + " s", null, delay);
    }
    if (asksForLogin(stderr)) {
      Matcher asking = ASKED_BY.matcher(stderr);
      if (asking.find() && !asking.group(1).equalsIgnoreCase(remote.host())) {
        return FailureMapper.failure(
            Cause.GIT_AUTH,
            "%s: Git LFS is sent to %s, which asks for a login; only %s is given one"
                .formatted(name, Excerpt.of(asking.group(1), QUOTED), remote.host()),
            null);
      }
      GitLogin login = remote.login();
      if (login != null && login.renewal().getAsBoolean()) {
        return FailureMapper.failure(
            Cause.GIT_TRANSIENT,
            name + ": " + remote.host() + " refuses a token it gave; another is asked for",
            null);
      }
      return FailureMapper.failure(Cause.GIT_AUTH, name + ": " + login(remote), null);
    }
    if (MOVED.matcher(URL.matcher(stderr).replaceAll("")).find()) {
      return FailureMapper.failure(
          Cause.GIT_NOT_FOUND,
          name + ": the repository has moved, and redirects are not followed; give its new URL",
          null);
    }
    if (LARGE_FILES.matcher(stderr).find()) {
      return FailureMapper.failure(
          Cause.GIT_NOT_FOUND,
          name
              + ": "
              + remote.host()
              + " lacks a file that Git LFS should hold there; push it (git lfs push --all), or"
              + " leave clone.lfs of the plan out",
          null);
    }
    if (GONE.matcher(stderr).find()) {
      return FailureMapper.failure(
          Cause.GIT_NOT_FOUND,
          name
              + ": there is no such repository or commit on "
              + remote.host()
              + "; check the URL, and that the workers' login may read it",
          null);
    }
    if (OBJECTS.matcher(stderr).find()) {
      return FailureMapper.failure(
          Cause.INTERNAL,
          name + ": Git refuses the repository's objects: " + quoted(stderr, secrets),
          null);
    }
    return FailureMapper.failure(
        Cause.GIT_TRANSIENT,
        name
            + ": "
            + remote.host()
            + " did not answer as it should ("
            + quoted(stderr, secrets)
            + "); check the URL, or try again once the host answers",
        null);
  }

  private static String login(GitRemote remote) {
    GitLogin login = remote.login();
    if (login != null) {
      return remote.host()
          + " refuses the token in the workers' "
          + login.variable()
          + "; check that it is valid and may read this repository";
    }
    return remote.host()
        + " asks for a login: the repository is private, or there is none; set "
        + remote.variable()
        + (remote.variable().equals(GitHosts.HOSTS_TOKEN) ? " and " + GitHosts.HOSTS : "")
        + " on the workers";
  }

  /** The last line that Git or the host wrote: data from outside, so in one line and bounded. */
  static String quoted(String stderr, KnownSecrets secrets) {
    String last =
        stderr
            .lines()
            .map(line -> line.replaceAll("\\p{C}", " ").strip())
            .filter(line -> !line.isEmpty() && !LFS_END.matcher(line).find())
            .reduce((first, second) -> second)
            .orElse("no word from Git");
    return Excerpt.of(secrets.redact(last), QUOTED);
  }

  /** The header's value, seconds or a date, from 1 s to 15 min; absent when it is neither. */
  static @Nullable Duration delay(@Nullable String retryAfter, Instant now) {
    if (retryAfter == null) {
      return null;
    }
    Duration asked;
    String value = retryAfter.strip();
    try {
      asked =
          value.matches("[0-9]{1,9}")
              ? Duration.ofSeconds(Long.parseLong(value))
              : Duration.between(
                  now,
                  ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeParseException e) {
      return null;
    }
    if (asked.compareTo(LONGEST_DELAY) > 0) {
      return LONGEST_DELAY;
    }
    return asked.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : asked;
  }
}
