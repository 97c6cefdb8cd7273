package dev.repofleet.worker.publish;

import dev.repofleet.worker.git.PatchClone;
import java.util.Map;

/** Whose name commits carry: Git's own variables on the worker, else this program's. Stateless. */
final class CommitAuthor {
  private static final String NAME = "GIT_AUTHOR_NAME";
  private static final String EMAIL = "GIT_AUTHOR_EMAIL";

  /** An address that can belong to nobody (RFC 2606). */
  private static final String NOBODY = "repofleet@bot.invalid";

  private CommitAuthor() {}

  static PatchClone.Author of(Map<String, String> environment) {
    String name = environment.getOrDefault(NAME, "").strip();
    String email = environment.getOrDefault(EMAIL, "").strip();
    return new PatchClone.Author(
        name.isEmpty() ? "RepoFleet" : name, email.isEmpty() ? NOBODY : email);
  }
}
