package dev.repofleet.workflows.order;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Payload;
import java.util.Objects;
import java.util.stream.Stream;
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
 * @param cause why a local path can't be reviewed, found when it was read; such a target has
 *     neither a url nor a bundle, and its resolve fails with this cause
 * @param problem {@code cause} in a sentence for people; there exactly when the cause is
 * @param repository its one spelling for prompts, {@code host/owner/name}, of a local path the
 *     folder's name; absent in histories of before it was carried
 * @param path which repository a local path's is, without telling where it lies; absent for a URL,
 *     and in histories of before it was carried
 */
@Payload
public record Target(
    String name,
    @Nullable String url,
    @Nullable String ref,
    @Nullable String subpath,
    @Nullable String commit,
    @Nullable String bundleUri,
    @Nullable Cause cause,
    @Nullable String problem,
    @Nullable String repository,
    @Nullable String path) {
  public Target {
    Objects.requireNonNull(name, "name");
    long given = Stream.of(url, bundleUri, cause).filter(Objects::nonNull).count();
    if (given != 1) {
      throw new IllegalArgumentException(
          "target " + name + " must have one of a url, a bundle and a cause, but has " + given);
    }
    if (bundleUri != null && commit == null) {
      throw new IllegalArgumentException("target " + name + " is a bundle without its commit");
    }
    if ((cause == null) != (problem == null)) {
      throw new IllegalArgumentException(
          "target " + name + " must have both a cause and a problem, or neither");
    }
  }
}
