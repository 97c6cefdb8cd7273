package dev.repofleet.workflows.client.encryption;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keys as {@value #VARIABLE} or the file that {@value #FILE_VARIABLE} names gives them: {@code
 * ID:BASE64} separated by commas or line ends, the current one first. Immutable, thread-safe;
 * {@link #toString()} shows ids alone.
 */
public final class EncryptionKeys implements PayloadKeys {
  /** Holds the keys themselves. */
  public static final String VARIABLE = "REPOFLEET_ENCRYPTION_KEYS";

  /** Names a file that holds them, such as a mounted secret. */
  public static final String FILE_VARIABLE = "REPOFLEET_ENCRYPTION_KEYS_FILE";

  /** Both names; they are of no use to an agent, and secret. */
  public static final Set<String> VARIABLES = Set.of(VARIABLE, FILE_VARIABLE);

  private static final int KEY_BYTES = 32;
  private static final int MAX_FILE = 1 << 16;
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern SEPARATOR = Pattern.compile("[,\\s]+");

  private final Map<String, SecretKey> keys;
  private final String currentId;

  private EncryptionKeys(Map<String, SecretKey> keys) {
    this.keys = keys;
    this.currentId = keys.keySet().iterator().next();
  }

  /**
   * The keys of an environment.
   *
   * @return nothing when neither variable is set
   * @throws IllegalArgumentException with a sentence for a person, never with a key in it
   */
  public static Optional<EncryptionKeys> of(Map<String, String> environment) {
    String keys = environment.getOrDefault(VARIABLE, "").strip();
    String file = environment.getOrDefault(FILE_VARIABLE, "").strip();
    if (!keys.isEmpty() && !file.isEmpty()) {
      throw new IllegalArgumentException(
          VARIABLE + " and " + FILE_VARIABLE + " are both set: leave one of them out");
    }
    if (!file.isEmpty()) {
      return Optional.of(parse(read(file), FILE_VARIABLE + " (" + file + ")"));
    }
    return keys.isEmpty() ? Optional.empty() : Optional.of(parse(keys, VARIABLE));
  }

  private static String read(String file) {
    try {
      Path path = Path.of(file);
      if (Files.size(path) > MAX_FILE) {
        throw new IllegalArgumentException(
            FILE_VARIABLE + " names " + file + ", which is no key file");
      }
      return Files.readString(path);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          FILE_VARIABLE
              + " names "
              + file
              + ", which can't be read: "
              + e.getClass().getSimpleName(),
          e);
    }
  }

  private static EncryptionKeys parse(String text, String where) {
    Map<String, SecretKey> keys = new LinkedHashMap<>();
    List<String> entries =
        Arrays.stream(SEPARATOR.split(text)).filter(entry -> !entry.isEmpty()).toList();
    for (int i = 0; i < entries.size(); i++) {
      String entry = entries.get(i);
      String place = "key " + (i + 1) + " of " + where;
      int colon = entry.indexOf(':');
      if (colon < 0 || !ID.matcher(entry.substring(0, colon)).matches()) {
        throw new IllegalArgumentException(
            place + " is not of the form ID:BASE64, such as 2026-11:$(openssl rand -base64 32)");
      }
      String id = entry.substring(0, colon);
      if (keys.putIfAbsent(id, key(entry.substring(colon + 1), place)) != null) {
        throw new IllegalArgumentException(place + ": there are two keys " + id);
      }
    }
    if (keys.isEmpty()) {
      throw new IllegalArgumentException(where + " holds no key");
    }
    return new EncryptionKeys(keys);
  }

  private static SecretKey key(String base64, String place) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      // Its own message quotes the key.
      throw new IllegalArgumentException(
          place + " is not Base64: make one by openssl rand -base64 32");
    }
    if (bytes.length != KEY_BYTES) {
      throw new IllegalArgumentException(
          place + " has " + bytes.length + " bytes: AES-256 needs " + KEY_BYTES);
    }
    return new SecretKeySpec(bytes, "AES");
  }

  @Override
  public String currentId() {
    return currentId;
  }

  @Override
  public Optional<SecretKey> find(String id) {
    return Optional.ofNullable(keys.get(id));
  }

  @Override
  public String toString() {
    return "keys " + String.join(", ", keys.keySet());
  }
}
