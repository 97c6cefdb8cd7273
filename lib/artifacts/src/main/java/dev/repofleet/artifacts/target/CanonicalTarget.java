package dev.repofleet.artifacts.target;

import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one spelling of a repository, whatever way it was typed: equal for what is the same.
 *
 * @param canonical {@code host[:port]/path} without scheme, user, default port, closing slash and
 *     {@code .git}, in lower case where the host makes no difference; {@code path:} and the real
 *     path for a folder
 * @param host lower-case, with a port that is not the default; absent for a folder
 * @param owner all of the path before the name, as typed; absent for a folder or where there is
 *     none
 * @param name the last part of the path, as typed
 */
public record CanonicalTarget(
    String canonical, @Nullable String host, @Nullable String owner, String name) {
  private static final Map<String, Integer> DEFAULT_PORTS =
      Map.of("https", 443, "http", 80, "ssh", 22);

  /** Hosts that know a repository under every letter case of its path. */
  private static final Set<String> CASELESS = Set.of("github.com", "gitlab.com");

  /**
   * The spelling of a URL target.
   *
   * @param url as in {@link TargetSpec#url}: a URL or the short form {@code user@host:path}
   */
  public static CanonicalTarget ofUrl(String url) {
    if (!url.contains("://")) {
      int colon = url.indexOf(':');
      return of(url.substring(url.indexOf('@') + 1, colon), url.substring(colon + 1));
    }
    URI uri = URI.create(url);
    String host = String.valueOf(uri.getHost());
    boolean named = uri.getPort() >= 0 && !isDefault(uri.getScheme(), uri.getPort());
    return of(named ? host + ":" + uri.getPort() : host, uri.getRawPath());
  }

  /**
   * The spelling of a folder.
   *
   * @param realPath absolute, links resolved: {@link Path#toRealPath}
   */
  public static CanonicalTarget ofPath(Path realPath) {
    if (!realPath.isAbsolute()) {
      throw new IllegalArgumentException("not a real path: " + realPath);
    }
    Path last = realPath.getFileName();
    return new CanonicalTarget(
        "path:" + realPath, null, null, last == null ? "root" : last.toString());
  }

  private static CanonicalTarget of(String host, String path) {
    List<String> parts = Arrays.stream(path.split("/")).filter(part -> !part.isEmpty()).toList();
    String last = parts.get(parts.size() - 1);
    String name = last.endsWith(".git") ? last.substring(0, last.length() - 4) : last;
    String owner = String.join("/", parts.subList(0, parts.size() - 1));
    String lowerHost = host.toLowerCase(Locale.ROOT);
    String spelled = lowerHost + "/" + (owner.isEmpty() ? "" : owner + "/") + name;
    String canonical = CASELESS.contains(lowerHost) ? spelled.toLowerCase(Locale.ROOT) : spelled;
    return new CanonicalTarget(canonical, lowerHost, owner.isEmpty() ? null : owner, name);
  }

  /** As {@link #canonical}, in the letter case that was typed. */
  public String spelled() {
    return host == null ? canonical : host + "/" + (owner == null ? "" : owner + "/") + name;
  }

  private static boolean isDefault(String scheme, int port) {
    Integer standard = DEFAULT_PORTS.get(scheme.toLowerCase(Locale.ROOT));
    return standard != null && standard == port;
  }
}
