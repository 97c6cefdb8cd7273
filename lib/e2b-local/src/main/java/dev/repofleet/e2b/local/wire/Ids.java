package dev.repofleet.e2b.local.wire;

import java.security.SecureRandom;

/** Names for what a server makes, in E2B's form. Thread-safe. */
public final class Ids {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
  private static final int LENGTH = 20;
  private static final SecureRandom RANDOM = new SecureRandom();

  private Ids() {}

  /** The letter and 20 characters of {@code [a-z0-9]}. */
  public static String random(String letter) {
    StringBuilder id = new StringBuilder(letter);
    for (int index = 0; index < LENGTH; index++) {
      id.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
    }
    return id.toString();
  }
}
