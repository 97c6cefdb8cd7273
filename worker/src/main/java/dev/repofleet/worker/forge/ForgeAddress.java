package dev.repofleet.worker.forge;

import java.net.URI;
import java.util.Locale;

/** Reads the addresses of forges. Stateless. */
final class ForgeAddress {
  private ForgeAddress() {}

  /**
   * An address, without slashes at its end.
   *
   * @param variable it stands in, for the message
   * @param example of one that is good
   * @throws IllegalArgumentException with a sentence, when it is none
   */
  static URI of(String variable, String text, String example) {
    try {
      URI uri = URI.create(text.replaceFirst("/+$", ""));
      if (uri.getHost() != null
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null
          && String.valueOf(uri.getScheme()).matches("(?i)https?")) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw none(variable, example);
    }
    throw none(variable, example);
  }

  private static IllegalArgumentException none(String variable, String example) {
    return new IllegalArgumentException(variable + " is no address: write it as in " + example);
  }

  /** Lower-case, with a port that is not the default. */
  static String host(URI uri) {
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    int usual = "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    return uri.getPort() < 0 || uri.getPort() == usual ? host : host + ":" + uri.getPort();
  }
}
