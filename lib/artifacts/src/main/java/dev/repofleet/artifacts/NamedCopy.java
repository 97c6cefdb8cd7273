package dev.repofleet.artifacts;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;

/** Gives what lies under one name in a store another name of its own. Stateless. */
public final class NamedCopy {
  private NamedCopy() {}

  /**
   * Copies, streaming. The same once more is no error.
   *
   * @param sha256 that the content must have
   * @param path the name of the copy, which must never change
   * @throws ArtifactNotFoundException when there is none
   * @throws ArtifactCorruptException when it is other content; nothing is named then
   * @throws ArtifactConflictException when the name stands for other content, which is kept
   */
  public static ArtifactRef create(ArtifactStore store, String uri, String sha256, String path) {
    try {
      Path temporary = Files.createTempFile("repofleet-copy-", ".tmp");
      try {
        String found = fetch(store, uri, temporary);
        if (!found.equals(sha256)) {
          throw new ArtifactCorruptException(
              uri + " is other content than was expected: its SHA-256 differs");
        }
        return store.createNamed(path, temporary);
      } finally {
        Files.delete(temporary);
      }
    } catch (IOException e) {
      throw new ArtifactException("cannot copy " + uri + " to " + path + ": " + e, e);
    }
  }

  private static String fetch(ArtifactStore store, String uri, Path to) throws IOException {
    try (InputStream in = store.open(uri);
        DigestInputStream hashed = new DigestInputStream(in, Sha256.digest())) {
      Files.copy(hashed, to, StandardCopyOption.REPLACE_EXISTING);
      return Sha256.hex(hashed.getMessageDigest().digest());
    }
  }
}
