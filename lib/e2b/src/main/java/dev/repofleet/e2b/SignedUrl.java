package dev.repofleet.e2b;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** Addresses of files that whoever holds them may use (E2B contract, 5.2). */
final class SignedUrl {
  /** What the address is good for. */
  enum Right {
    READ,
    WRITE;

    private String wireName() {
      return this == READ ? "read" : "write";
    }
  }

  private SignedUrl() {}

  /**
   * @param envd the sandbox's own envd address, since no headers can tell the sandbox
   * @param expiresAt null is never
   */
  static URI of(
      HttpUrl envd,
      String path,
      Right right,
      String user,
      String accessToken,
      @Nullable Instant expiresAt) {
    String signed = String.join(":", path, right.wireName(), user, accessToken);
    HttpUrl.Builder url = envd.newBuilder().addPathSegment("files").addQueryParameter("path", path);
    if (!user.isEmpty()) {
      url.addQueryParameter("username", user);
    }
    if (expiresAt != null) {
      signed += ":" + expiresAt.getEpochSecond();
    }
    url.addQueryParameter("signature", "v1_" + hash(signed));
    if (expiresAt != null) {
      url.addQueryParameter("signature_expiration", Long.toString(expiresAt.getEpochSecond()));
    }
    return url.build().uri();
  }

  private static String hash(String signed) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(signed.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
