package dev.repofleet.starter.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Base64;
import java.util.HexFormat;
import javax.security.auth.x500.X500Principal;

/**
 * An authority that signs certificates, each of them and its key as PEM files in a folder. The JDK
 * reads certificates and makes none; its `keytool` takes a second for each step. For one thread.
 */
public final class TestAuthority {
  private static final String BEGIN = "200101000000Z";
  private static final String FAR = "491231235959Z";
  private static final String PAST = "210101000000Z";

  /** ecdsa-with-SHA256, RFC 5758. */
  private static final byte[] ALGORITHM = sequence(hex("06082a8648ce3d040302"));

  /** basicConstraints, critical, of an authority: RFC 5280, section 4.2.1.9. */
  private static final byte[] AUTHORITY =
      sequence(hex("0603551d13"), hex("0101ff"), der(0x04, sequence(hex("0101ff"))));

  private static final byte[] ALTERNATIVE_NAMES = hex("0603551d11");

  private final Path folder;
  private final X500Principal name;
  private final KeyPair keys = keys();
  private final Path certificate;
  private int serial = 1;

  /**
   * A certificate and its key.
   *
   * @param certificate file of it
   * @param key file of it, PKCS #8
   */
  public record Identity(Path certificate, Path key) {}

  /** One whose files go to this folder; its name must be unique there. */
  public TestAuthority(Path folder, String name) {
    this.folder = folder;
    this.name = new X500Principal("CN=" + name);
    this.certificate =
        write(name + ".pem", "CERTIFICATE", sign(this.name, keys, FAR, sequence(AUTHORITY)));
  }

  /** File of its own certificate. */
  public Path certificate() {
    return certificate;
  }

  /** One for whoever has this DNS name. */
  public Identity issue(String dnsName) {
    return issue(dnsName, FAR);
  }

  /** One that was valid once. */
  public Identity issueExpired(String dnsName) {
    return issue(dnsName, PAST);
  }

  private Identity issue(String dnsName, String until) {
    KeyPair own = keys();
    byte[] names = sequence(der(0x82, dnsName.getBytes(StandardCharsets.US_ASCII)));
    byte[] extensions = sequence(sequence(ALTERNATIVE_NAMES, der(0x04, names)));
    byte[] signed = sign(new X500Principal("CN=" + dnsName), own, until, extensions);
    String file = dnsName + "-of-" + name.getName() + "-" + serial;
    return new Identity(
        write(file + ".pem", "CERTIFICATE", signed),
        write(file + ".key", "PRIVATE KEY", own.getPrivate().getEncoded()));
  }

  /** RFC 5280, section 4.1. */
  private byte[] sign(X500Principal subject, KeyPair of, String until, byte[] extensions) {
    byte[] content =
        sequence(
            der(0xa0, hex("020102")),
            der(0x02, BigInteger.valueOf(serial++).toByteArray()),
            ALGORITHM,
            name.getEncoded(),
            sequence(time(BEGIN), time(until)),
            subject.getEncoded(),
            of.getPublic().getEncoded(),
            der(0xa3, extensions));
    return sequence(
        content, ALGORITHM, der(0x03, new byte[1], signature(keys.getPrivate(), content)));
  }

  private static byte[] time(String utc) {
    return der(0x17, utc.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] signature(PrivateKey key, byte[] content) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(key);
      signature.update(content);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path write(String file, String kind, byte[] content) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    try {
      return Files.writeString(
          folder.resolve(file),
          "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(kind, base64, kind));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] sequence(byte[]... parts) {
    return der(0x30, parts);
  }

  private static byte[] der(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    int length = content.size();
    if (length >= 0x80) {
      byte[] bytes = BigInteger.valueOf(length).toByteArray();
      int zero = bytes[0] == 0 ? 1 : 0;
      out.write(0x80 | (bytes.length - zero));
      out.write(bytes, zero, bytes.length - zero);
    } else {
      out.write(length);
    }
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
