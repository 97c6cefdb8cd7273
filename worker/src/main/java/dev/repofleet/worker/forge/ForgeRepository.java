package dev.repofleet.worker.forge;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A repository as a forge lists it.
 *
 * @param id the forge's own, which stays when the name changes
 * @param fullName with its owner, or all groups above it
 * @param url to clone, made of the forge's known address and the name
 * @param language most of it is in; absent when the forge does not tell
 * @param pushedAt or when it was last active, where that is all that is known; absent: never
 * @param sizeBytes absent when the forge does not tell
 */
public record ForgeRepository(
    long id,
    String fullName,
    String url,
    boolean archived,
    boolean fork,
    @Nullable String language,
    List<String> topics,
    @Nullable Instant pushedAt,
    @Nullable Long sizeBytes) {
  public ForgeRepository {
    Objects.requireNonNull(fullName, "fullName");
    Objects.requireNonNull(url, "url");
    topics = List.copyOf(topics);
  }
}
