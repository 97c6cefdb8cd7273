package dev.repofleet.e2b.local.wire;

/** Makes a caller's text safe to repeat in an answer. */
public final class Redaction {
  private static final int LONGEST = 200;

  private Redaction() {}

  /** The text without control characters, cut after 200 characters. */
  public static String printable(String text) {
    String cut = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    return cut.replaceAll("\\p{Cntrl}", "?");
  }
}
