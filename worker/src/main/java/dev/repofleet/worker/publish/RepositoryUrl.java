package dev.repofleet.worker.publish;

import dev.repofleet.artifacts.result.RepositoryInfo;
import java.net.URI;
import java.util.Locale;

/** The address that a result's repository is written to. Stateless. */
final class RepositoryUrl {
  private static final int HTTPS = 443;
  private static final int HTTP = 80;

  private RepositoryUrl() {}

  /** Its host, lower-case, with a port that is not the usual one. */
  static String host(RepositoryInfo info) {
    String url = String.valueOf(info.url());
    if (!url.startsWith("http")) {
      // One for ssh, which Git is given as https.
      return String.valueOf(info.host()).toLowerCase(Locale.ROOT);
    }
    URI uri = URI.create(url);
    String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
    int usual = "https".equalsIgnoreCase(uri.getScheme()) ? HTTPS : HTTP;
    return uri.getPort() < 0 || uri.getPort() == usual ? host : host + ":" + uri.getPort();
  }

  /**
   * One that was renamed is written under its new name: Git follows no redirect here.
   *
   * @param fullName as {@code owner/name}, as the forge has it now
   */
  static String of(RepositoryInfo info, String fullName) {
    String url = String.valueOf(info.url());
    if (fullName.equalsIgnoreCase(info.owner() + "/" + info.name())) {
      return url;
    }
    String root =
        url.startsWith("http")
            ? URI.create(url).getScheme() + "://" + URI.create(url).getRawAuthority()
            : "https://" + info.host();
    return root + "/" + fullName + (url.endsWith(".git") ? ".git" : "");
  }
}
