package dev.repofleet.artifacts;

import java.time.Instant;
import java.util.Objects;

/**
 * What a store says of an artifact without opening it.
 *
 * @param uri of it
 * @param size in bytes
 * @param storedAt when it was last stored, by the store's clock; an object that is stored once more
 *     is as young as a new one
 */
public record StoredArtifact(String uri, long size, Instant storedAt) {
  /** Refuses what is no URI and a negative size. */
  public StoredArtifact {
    ArtifactUri.path(Parts.text(uri, "uri"));
    Parts.notNegative(size, "size");
    Objects.requireNonNull(storedAt, "storedAt is missing");
  }

  /** The last part of its path. */
  public String name() {
    return uri.substring(uri.lastIndexOf('/') + 1);
  }
}
