package dev.repofleet.artifacts.result;

import dev.repofleet.artifacts.Parts;

/**
 * Something the agent left in the sandbox that a patch can't carry.
 *
 * @param path relative to the repository's root
 * @param reason such as {@code nested repository} or {@code ignored file}
 */
public record NotCarried(String path, String reason) {
  /** Refuses empty parts. */
  public NotCarried {
    Parts.text(path, "path of what is not carried");
    Parts.text(reason, "reason for not carrying " + path);
  }
}
