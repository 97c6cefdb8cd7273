package example.stock;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/** Who may count. */
public final class Users {
  private final Map<String, String> digests = new HashMap<>();

  public void add(String name, String password) {
    digests.put(name, digest(password));
  }

  public boolean isKnown(String name, String password) {
    return digest(password).equals(digests.get(name));
  }

  private static String digest(String password) {
    try {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      return HexFormat.of().formatHex(md5.digest(password.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
