package dev.repofleet.e2b;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Name → mode in octal of a tar's entries whose names are short. */
final class TarListing {
  private static final int BLOCK = 512;

  private TarListing() {}

  static Map<String, String> of(byte[] tar) {
    Map<String, String> entries = new LinkedHashMap<>();
    int at = 0;
    while (tar[at] != 0) {
      long size = Long.parseLong(text(tar, at + 124, 12), 8);
      entries.put(text(tar, at, 100), text(tar, at + 100, 8));
      at += BLOCK + (int) ((size + BLOCK - 1) / BLOCK) * BLOCK;
    }
    return entries;
  }

  private static String text(byte[] tar, int at, int length) {
    String field = new String(tar, at, length, StandardCharsets.UTF_8);
    int end = field.indexOf('\0');
    return end < 0 ? field : field.substring(0, end);
  }
}
