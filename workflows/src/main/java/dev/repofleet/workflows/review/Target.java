package dev.repofleet.workflows.review;

import dev.repofleet.workflows.Payload;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is reviewed: one commit of one repository, or of a part of it.
 *
 * @param name as the user wrote it, for people
 * @param url of the repository, without any user or password; absent for a bundle
 * @param ref branch, tag or commit; absent means the default branch
 * @param subpath folder within the repository, relative; absent means all of it
 * @param commit pinned already, for a bundle only
 * @param bundleUri the Git bundle in the artifact store, for a target that was a local path
 */
@Payload
public record Target(
    String name,
    @Nullable String url,
    @Nullable String ref,
    @Nullable String subpath,
    @Nullable String commit,
    @Nullable String bundleUri) {
  public Target {
    Objects.requireNonNull(name, "name");
    if ((url == null) == (bundleUri == null)) {
      throw new IllegalArgumentException(
          "target " + name + " must have either a url or a bundle, and not both");
    }
    if (bundleUri != null && commit == null) {
      throw new IllegalArgumentException("target " + name + " is a bundle without its commit");
    }
  }
}
