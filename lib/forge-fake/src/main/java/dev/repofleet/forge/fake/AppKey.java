package dev.repofleet.forge.fake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;

/** The key of the GitHub App, and whether a token was signed with it. Thread-safe. */
final class AppKey {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Seconds: ten minutes at most (docs.github.com), and one for clocks that differ. */
  private static final int MAX_LIFE = 600 + 60;

  /** One for all of a JVM's: they take a second to make. */
  private static final KeyPair KEY = newKey();

  private AppKey() {}

  private static KeyPair newKey() {
    try {
      return KeyPairGenerator.getInstance("RSA").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String pkcs8() {
    return pem("PRIVATE KEY", KEY.getPrivate().getEncoded());
  }

  static String pkcs1() {
    byte[] pkcs8 = KEY.getPrivate().getEncoded();
    // Behind the fixed head of 26 bytes for a key of this size.
    return pem("RSA PRIVATE KEY", Arrays.copyOfRange(pkcs8, 26, pkcs8.length));
  }

  private static String pem(String kind, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(kind, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), kind);
  }

  /** Whether it is a JSON web token of this App that lives no longer than it may. */
  static boolean hasSigned(String token) {
    String[] jwt = token.split("\\.", -1);
    try {
      return jwt.length == 3 && signed(jwt) && claims(jwt);
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean signed(String[] jwt) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initVerify(KEY.getPublic());
    signature.update((jwt[0] + "." + jwt[1]).getBytes(StandardCharsets.US_ASCII));
    return signature.verify(Base64.getUrlDecoder().decode(jwt[2]));
  }

  private static boolean claims(String[] jwt) throws IOException {
    JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(jwt[1]));
    long life = claims.path("exp").asLong() - claims.path("iat").asLong();
    return claims.path("iss").asText().equals(FakeGitHub.APP_ID) && life > 0 && life <= MAX_LIFE;
  }
}
