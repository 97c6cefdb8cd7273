package dev.repofleet.worker.forge;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the private key of a GitHub App: as GitHub hands it out (PKCS#1), or as PKCS#8, which is
 * all that Java reads. Messages never quote it. Stateless.
 */
final class AppKey {
  private static final int MAX_FILE = 1 << 16;

  /** Longer than people's paths, and shorter than a key. */
  private static final int MAX_NAME = 500;

  private static final String PKCS8 = "PRIVATE KEY";
  private static final String PKCS1 = "RSA PRIVATE KEY";
  private static final Pattern PEM =
      Pattern.compile(
          "-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----", Pattern.DOTALL);

  /** SEQUENCE { rsaEncryption (1.2.840.113549.1.1.1), NULL }, behind INTEGER 0 (RFC 5208). */
  private static final byte[] PKCS8_HEAD =
      HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");

  private static final int DER_SEQUENCE = 0x30;
  private static final int DER_OCTETS = 0x04;

  private AppKey() {}

  /**
   * The key in a file.
   *
   * @param variable that names the file, for messages
   * @throws IllegalArgumentException with a sentence, when it is none
   */
  static PrivateKey read(String file, String variable) {
    if (file.contains("-----") || file.length() > MAX_NAME) {
      throw new IllegalArgumentException(
          variable
              + " holds a key itself, and takes the name of a file with one: "
              + GitHubLogin.APP_KEY
              + " takes the key");
    }
    String where = variable + " (" + file + ")";
    try {
      Path path = Path.of(file);
      if (Files.size(path) > MAX_FILE) {
        throw new IllegalArgumentException(where + " is no key: it is too long");
      }
      return parse(Files.readString(path), where);
    } catch (IOException | InvalidPathException e) {
      throw new IllegalArgumentException(
          where + " can't be read: " + e.getClass().getSimpleName(), e);
    }
  }

  /**
   * The key in a text; line ends may be written as {@code \n}, which some tools make of them.
   *
   * @param where it stands, for messages
   * @throws IllegalArgumentException with a sentence, when it is none
   */
  static PrivateKey parse(String text, String where) {
    Matcher pem = PEM.matcher(text.replace("\\n", "\n"));
    if (!pem.find()) {
      throw new IllegalArgumentException(
          where + " holds no private key: it begins with -----BEGIN RSA PRIVATE KEY-----");
    }
    String kind = pem.group(1);
    if (!kind.equals(PKCS8) && !kind.equals(PKCS1)) {
      throw unreadable(where + " is of the kind " + kind);
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(pem.group(2));
      return rsa(kind.equals(PKCS8) ? der : asPkcs8(der));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // Their own messages may quote the key.
      throw unreadable(where + " is no RSA key that can be read");
    }
  }

  private static IllegalArgumentException unreadable(String what) {
    return new IllegalArgumentException(
        what + ": try openssl pkcs8 -topk8 -nocrypt -in KEY.pem -out APP.pem");
  }

  private static PrivateKey rsa(byte[] pkcs8) throws GeneralSecurityException {
    return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
  }

  private static byte[] asPkcs8(byte[] pkcs1) {
    ByteArrayOutputStream inside = new ByteArrayOutputStream();
    inside.writeBytes(PKCS8_HEAD);
    inside.writeBytes(der(DER_OCTETS, pkcs1));
    return der(DER_SEQUENCE, inside.toByteArray());
  }

  private static byte[] der(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else {
      int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(content.length) + 7) / 8;
      out.write(0x80 | bytes);
      for (int i = bytes - 1; i >= 0; i--) {
        out.write(content.length >>> (8 * i));
      }
    }
    out.writeBytes(content);
    return out.toByteArray();
  }
}
