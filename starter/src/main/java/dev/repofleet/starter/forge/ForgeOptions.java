package dev.repofleet.starter.forge;

import dev.repofleet.starter.command.Amounts;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.target.TargetSource;
import dev.repofleet.worker.forge.GitHubListing;
import dev.repofleet.worker.forge.GitHubLogin;
import dev.repofleet.worker.forge.GitLabListing;
import dev.repofleet.worker.forge.GitLabServer;
import dev.repofleet.worker.forge.Token;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a forge's repositories are the targets of a batch, and which of them. Mixed in. */
public final class ForgeOptions {
  private static final Pattern OWNER =
      Pattern.compile("([A-Za-z0-9][\\w-]{0,99})(?:/team/([A-Za-z0-9][\\w.-]{0,99}))?");
  private static final Pattern GROUP =
      Pattern.compile("[A-Za-z0-9_][\\w.-]{0,254}(?:/[A-Za-z0-9_][\\w.-]{0,254}){0,20}");
  private static final String GITHUB_LOGINS =
      "GITHUB_TOKEN or a GitHub App that is installed there";

  @Option(
      names = "--github",
      paramLabel = "OWNER",
      description = {
        "Reviews the repositories of an organisation, a user, or a team (ORG/team/TEAM) of",
        "GitHub."
      })
  private @Nullable String owner;

  @Option(
      names = "--github-query",
      paramLabel = "Q",
      description = {
        "Reviews what a search of GitHub finds, as 'org:acme topic:payments'; 1,000 at the",
        "most."
      })
  private @Nullable String query;

  @Option(
      names = "--gitlab",
      paramLabel = "GROUP",
      description = "Reviews the projects of a GitLab group and of those in it.")
  private @Nullable String group;

  @Option(names = "--include-archived", description = "Of these, archived ones too.")
  private boolean archived;

  @Option(names = "--include-forks", description = "Of these, forks too.")
  private boolean forks;

  @Option(
      names = "--language",
      paramLabel = "NAME",
      description = "Of these, only those that GitHub takes for mostly written in it.")
  private @Nullable String language;

  @Option(
      names = "--topic",
      paramLabel = "NAME",
      description = "Of these, only those with this topic; may be repeated: with all.")
  private @Nullable List<String> topics;

  @Option(
      names = "--pushed-since",
      paramLabel = "WHEN",
      description = "Of these, only those pushed to since 2026-01-31 (UTC), or in the last 90d.")
  private @Nullable String pushedSince;

  @Option(
      names = "--max-size",
      paramLabel = "SIZE",
      description = "Of these, none larger than 500MiB; one of unknown size is taken.")
  private @Nullable String maxSize;

  /**
   * What is to be listed; absent when nothing is. Asks nobody yet.
   *
   * @throws IllegalArgumentException with a sentence, when options don't go together or can't be
   *     read
   */
  public @Nullable TargetSource source(CommandContext context) {
    long sources = Stream.of(owner, query, group).filter(named -> named != null).count();
    if (sources > 1) {
      throw new IllegalArgumentException(
          "--github, --github-query and --gitlab don't go together: take one of them");
    }
    if (sources == 0) {
      requireNoFilter();
      return null;
    }
    ForgeFilter filter = filter(context);
    if (group != null) {
      return gitLab(context, group, filter);
    }
    GitHubLogin login = GitHubLogin.of(context.environment(), context.clock());
    return query == null
        ? ofOwner(login, String.valueOf(owner), filter)
        : found(login, query, filter);
  }

  private void requireNoFilter() {
    String filter =
        archived
            ? "--include-archived"
            : forks
                ? "--include-forks"
                : language != null
                    ? "--language"
                    : topics != null
                        ? "--topic"
                        : pushedSince != null
                            ? "--pushed-since"
                            : maxSize != null ? "--max-size" : null;
    if (filter != null) {
      throw new IllegalArgumentException(
          filter + " belongs to --github, --github-query or --gitlab: add one, or drop it");
    }
  }

  private ForgeFilter filter(CommandContext context) {
    return new ForgeFilter(
        archived,
        forks,
        language,
        topics == null ? List.of() : topics,
        since(context),
        maxSize == null ? null : bytes(maxSize));
  }

  private @Nullable Instant since(CommandContext context) {
    if (pushedSince == null) {
      return null;
    }
    try {
      return LocalDate.parse(pushedSince.strip()).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeParseException e) {
      try {
        return context.clock().instant().minus(Amounts.duration(pushedSince));
      } catch (IllegalArgumentException none) {
        throw new IllegalArgumentException(
            "--pushed-since takes a day as 2026-01-31, or a time as 90d, not '"
                + PlainText.of(pushedSince, 40)
                + "'",
            none);
      }
    }
  }

  private static long bytes(String size) {
    try {
      return Amounts.size(size);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--max-size: " + e.getMessage(), e);
    }
  }

  private static TargetSource ofOwner(GitHubLogin login, String typed, ForgeFilter filter) {
    Matcher named = OWNER.matcher(typed);
    if (!named.matches()) {
      throw new IllegalArgumentException(
          "--github takes an organisation, a user, or ORG/team/TEAM, not '"
              + PlainText.of(typed, 100)
              + "'");
    }
    GitHubListing listing = new GitHubListing(login);
    String team = named.group(2);
    return new ForgeSource(
        login.server().host() + "/" + typed,
        () -> login.variable(named.group(1)),
        GITHUB_LOGINS,
        filter,
        () ->
            team == null ? listing.ofOwner(named.group(1)) : listing.ofTeam(named.group(1), team));
  }

  /** What the query itself says of archived ones and forks goes before our defaults. */
  private static TargetSource found(GitHubLogin login, String query, ForgeFilter filter) {
    if (query.isBlank()) {
      throw new IllegalArgumentException(
          "--github-query takes a search, as 'org:acme topic:payments'");
    }
    GitHubListing listing = new GitHubListing(login);
    return new ForgeSource(
        "the search on " + login.server().host(),
        () -> login.forAnything().map(Token::variable),
        GitHubLogin.TOKEN,
        filter.with(query.contains("archived:"), query.contains("fork:")),
        () -> listing.found(query));
  }

  private TargetSource gitLab(CommandContext context, String typed, ForgeFilter filter) {
    if (language != null) {
      throw new IllegalArgumentException(
          "--language and --gitlab don't go together: GitLab's lists don't tell languages; take"
              + " --topic");
    }
    if (!GROUP.matcher(typed).matches()) {
      throw new IllegalArgumentException(
          "--gitlab takes a group as group/subgroup, not '" + PlainText.of(typed, 100) + "'");
    }
    GitLabServer server = GitLabServer.of(context.environment());
    GitLabListing listing = new GitLabListing(server, context.clock());
    return new ForgeSource(
        server.host() + "/" + typed,
        () -> server.token().map(Token::variable),
        GitLabServer.TOKEN,
        filter,
        () -> listing.ofGroup(typed, maxSize != null));
  }
}
