package dev.repofleet.worker.publish;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.worker.forge.GitHubLogin;
import dev.repofleet.worker.git.GitHosts;
import dev.repofleet.worker.git.PatchClone;
import dev.repofleet.worker.secrets.KnownSecrets;
import java.time.Clock;
import java.util.Map;

/**
 * What a worker publishes with. Thread-safe.
 *
 * @param store of results
 * @param login at GitHub
 * @param hosts of Git
 * @param secrets of the worker, kept out of messages
 * @param author of commits
 * @param clock of the worker
 */
record PublishTools(
    ArtifactStore store,
    GitHubLogin login,
    GitHosts hosts,
    KnownSecrets secrets,
    PatchClone.Author author,
    Clock clock) {
  /**
   * Those of a worker.
   *
   * @throws IllegalArgumentException with a sentence, when a login in it can't be one
   */
  static PublishTools of(ArtifactStore store, Map<String, String> environment, Clock clock) {
    GitHubLogin login = GitHubLogin.of(environment, clock);
    return new PublishTools(
        store,
        login,
        new GitHosts(environment, login),
        KnownSecrets.of(environment),
        CommitAuthor.of(environment),
        clock);
  }
}
