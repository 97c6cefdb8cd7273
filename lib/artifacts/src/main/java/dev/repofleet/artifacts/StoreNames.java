package dev.repofleet.artifacts;

import java.util.Set;

/** Which paths a store keeps for itself, and where objects lie; the same in every kind of store. */
final class StoreNames {
  /** The identity of the store. */
  static final String STORE_FILE = "store.json";

  /** Content-addressed objects lie below. */
  static final String OBJECTS = "objects/";

  /** What no store shows as a folder of names. */
  static final Set<String> NOT_NAMES = Set.of("objects", "tmp");

  private StoreNames() {}

  /** The content of {@link #STORE_FILE}. */
  record StoreFile(String storeId) {
    StoreFile {
      Parts.text(storeId, "storeId");
    }
  }

  /**
   * A path that people and later steps may give a name by.
   *
   * @throws IllegalArgumentException when it is not of the allowed form, or the store's own
   */
  static String requireName(String path) {
    String first = ArtifactUri.requirePath(path).split("/", 2)[0];
    if (NOT_NAMES.contains(first) || path.equals(STORE_FILE)) {
      throw new IllegalArgumentException("not a name for an artifact, the store uses it: " + path);
    }
    return path;
  }

  /** The path of an object. */
  static String object(String sha256) {
    return OBJECTS + sha256.substring(0, 2) + "/" + sha256;
  }

  static boolean isObject(String path) {
    return path.startsWith(OBJECTS);
  }

  /** The hash that an object's path tells. */
  static String hash(String objectPath) {
    return objectPath.substring(objectPath.lastIndexOf('/') + 1);
  }

  static void requireSize(ArtifactRef ref, long size) {
    if (size != ref.size()) {
      throw new ArtifactCorruptException(
          ref.uri() + " has " + size + " bytes in place of " + ref.size());
    }
  }
}
