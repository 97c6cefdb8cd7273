package dev.repofleet.e2b.local.sandbox;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** The keys of one server. Thread-safe; nothing here is ever logged. */
public final class Secrets {
  private static final String ALGORITHM = "HmacSHA256";

  private final byte[] apiKey;
  private final byte[] tokenSecret = new byte[32];

  public Secrets(String apiKey) {
    this.apiKey = apiKey.getBytes(StandardCharsets.UTF_8);
    new SecureRandom().nextBytes(tokenSecret);
  }

  public boolean isApiKey(@Nullable String given) {
    return given != null && same(apiKey, given.getBytes(StandardCharsets.UTF_8));
  }

  /** The secrets of a sandbox: the same for the same id as long as the server lives. */
  public Sandbox.Tokens tokens(String sandboxId) {
    return new Sandbox.Tokens(token(sandboxId), token("traffic:" + sandboxId));
  }

  /** Lets whoever has it upload a file for a template's step, without the API key. */
  public String uploadSignature(String templateId, String hash) {
    return token("upload:" + templateId + ":" + hash);
  }

  private String token(String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(tokenSecret, ALGORITHM));
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("this JDK has no " + ALGORITHM, impossible);
    }
  }

  /** Compares in constant time. */
  public static boolean same(String expected, @Nullable String given) {
    return given != null
        && same(expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }

  /** The signature of a file URL (E2B contract, 5.2). */
  public static String fileSignature(
      String path, String operation, String user, String token, String expiration) {
    String text = path + ":" + operation + ":" + user + ":" + token;
    if (!expiration.isEmpty()) {
      text += ":" + expiration;
    }
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "v1_" + Base64.getEncoder().withoutPadding().encodeToString(hash);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("this JDK has no SHA-256", impossible);
    }
  }

  private static boolean same(byte[] expected, byte[] given) {
    return MessageDigest.isEqual(expected, given);
  }
}
