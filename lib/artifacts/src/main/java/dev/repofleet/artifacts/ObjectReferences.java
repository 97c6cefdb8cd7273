package dev.repofleet.artifacts;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the content-addressed objects that named artifacts refer to, by the form of their URIs and
 * not by the kinds of documents: one that a newer version writes counts as well. Stateless.
 */
final class ObjectReferences {
  private static final Pattern REFERENCE =
      Pattern.compile("artifact:objects/[0-9a-f]{2}/([0-9a-f]{64})");

  private static final int REFERENCE_LENGTH = "artifact:objects/00/".length() + 64;
  private static final int BUFFER = 1 << 16;

  private ObjectReferences() {}

  /**
   * Hands over the hash of each object that the artifact refers to, as often as it does. One that
   * is gone refers to nothing.
   *
   * @throws ArtifactException when it can't be read: then nothing is known of what it refers to
   */
  static void in(ArtifactStore store, StoredArtifact artifact, Consumer<String> sha256) {
    if (!mayRefer(artifact)) {
      return;
    }
    try (InputStream in = store.open(artifact.uri())) {
      String tail = "";
      byte[] buffer = new byte[BUFFER];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        String text = tail + new String(buffer, 0, read, StandardCharsets.ISO_8859_1);
        Matcher reference = REFERENCE.matcher(text);
        while (reference.find()) {
          sha256.accept(reference.group(1));
        }
        // One byte less than a reference: what is cut here is found whole next time.
        tail = text.substring(Math.max(0, text.length() - REFERENCE_LENGTH + 1));
      }
    } catch (ArtifactNotFoundException e) {
      // Deleted while all were looked at.
    } catch (IOException e) {
      throw new ArtifactException("cannot read " + artifact.uri() + ": " + e, e);
    }
  }

  /** What the agent wrote and changed is most of the bytes and refers to nothing. */
  private static boolean mayRefer(StoredArtifact artifact) {
    return !artifact.name().endsWith(".gz") && !artifact.name().endsWith(".patch");
  }
}
