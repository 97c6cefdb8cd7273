package dev.repofleet.starter.embedded;

import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.worker.forge.ForgeLogins;
import java.util.List;

/** What {@code doctor} asks forges: whether the logins of this environment are good. */
final class ForgeChecks {
  private static final String PART = "forges";

  private final CommandContext context;

  ForgeChecks(CommandContext context) {
    this.context = context;
  }

  /** One for each login; blocks for up to a minute for one whose forge does not answer. */
  List<Checkup> all() {
    List<ForgeLogins.Seen> logins;
    try {
      logins = new ForgeLogins(context.environment(), context.clock()).look();
    } catch (IllegalArgumentException e) {
      return List.of(
          Checkup.failed(PART, String.valueOf(e.getMessage()), "set it anew; workers need it too"));
    }
    return logins.isEmpty()
        ? List.of(
            Checkup.note(
                PART,
                "no login is set here: public repositories are reviewed, and nothing is published"
                    + " (the workers' environment counts)",
                "set GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY_FILE; for GitLab"
                    + " GITLAB_TOKEN"))
        : logins.stream().map(ForgeChecks::checkup).toList();
  }

  private static Checkup checkup(ForgeLogins.Seen login) {
    return login.problem() == null
        ? Checkup.ok(login.name(), String.valueOf(login.found()))
        : Checkup.failed(
            login.name(),
            login.problem(),
            login.refused()
                ? "set one that is valid, here and on the workers"
                : "check the network and GITHUB_API_URL or GITLAB_HOST, or wait for the limit");
  }
}
