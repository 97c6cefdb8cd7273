package dev.repofleet.worker.git;

import dev.repofleet.worker.FailureMapper;
import dev.repofleet.workflows.Cause;
import io.temporal.failure.ApplicationFailure;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which Git hosts this worker lets targets name, and the login for each. Immutable, thread-safe.
 *
 * <p>{@code REPOFLEET_GIT_HOSTS=host:port,…} lists hosts that are trusted although private, on this
 * machine, or plain http. Every other host is asked over https, and only when all its addresses are
 * public ones.
 */
final class GitHosts {
  static final String HOSTS = "REPOFLEET_GIT_HOSTS";
  static final String HOSTS_TOKEN = "REPOFLEET_GIT_TOKEN";

  /** What a token goes with; GitLab wants this word for OAuth tokens and takes any for others. */
  private static final Map<String, String[]> FORGES =
      Map.of(
          "github.com", new String[] {"GITHUB_TOKEN", "x-access-token"},
          "gitlab.com", new String[] {"GITLAB_TOKEN", "oauth2"});

  /** Hosts whose https and ssh addresses name the same repository. */
  private static final Set<String> SAME_OVER_HTTPS =
      Set.of("github.com", "gitlab.com", "bitbucket.org", "codeberg.org");

  private static final Pattern SHORT_SSH = Pattern.compile("[\\w.-]+@([A-Za-z0-9.-]+):/?(.+)");

  private final Map<String, String> environment;
  private final Set<String> listed;
  private final HostLookup lookup;

  GitHosts(Map<String, String> environment, HostLookup lookup) {
    this.environment = Map.copyOf(environment);
    this.lookup = lookup;
    this.listed = new HashSet<>();
    for (String entry : environment.getOrDefault(HOSTS, "").split(",", -1)) {
      String host = entry.strip().toLowerCase(Locale.ROOT);
      if (!host.isEmpty()) {
        listed.add(host.matches("(\\[.*]|[^:]*):[0-9]+") ? host : host + ":443");
      }
    }
  }

  /**
   * Looks the host up, once, and lets it through.
   *
   * @param name of the target, for messages
   * @throws ApplicationFailure {@code git_not_found} when the host is not one that may be asked,
   *     {@code git_auth} when only ssh would do, {@code git_transient} when it has no address now
   */
  GitRemote admit(String name, String url) {
    URI uri = overHttps(name, url);
    String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
    boolean secure = "https".equalsIgnoreCase(uri.getScheme());
    int port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
    boolean trusted = listed.contains(host + ":" + port);
    if (!secure && !trusted) {
      throw refused(
          name,
          "plain http is not used; write https, or list "
              + host
              + ":"
              + port
              + " in the workers' "
              + HOSTS);
    }
    InetAddress[] addresses = addresses(name, host);
    requirePlain(name, host, addresses);
    if (!trusted) {
      requirePublic(name, host, port, addresses);
    }
    String variable = FORGES.containsKey(host) ? FORGES.get(host)[0] : HOSTS_TOKEN;
    return new GitRemote(
        name,
        uri.toASCIIString(),
        port == (secure ? 443 : 80) ? host : host + ":" + port,
        secure ? "https" : "http:https",
        isLiteral(host) ? null : pinned(host, port, addresses),
        variable,
        login(host, trusted));
  }

  private URI overHttps(String name, String url) {
    Matcher shortForm = SHORT_SSH.matcher(url);
    String host = null;
    String path = null;
    if (!url.contains("://") && shortForm.matches()) {
      host = shortForm.group(1).toLowerCase(Locale.ROOT);
      path = shortForm.group(2);
    } else if (url.startsWith("ssh://")) {
      URI ssh = uri(name, url);
      host = ssh.getPort() < 0 || ssh.getPort() == 22 ? ssh.getHost() : null;
      path = ssh.getRawPath().replaceFirst("^/", "");
    } else {
      URI uri = uri(name, url);
      if (uri.getRawUserInfo() != null || !String.valueOf(uri.getScheme()).matches("https?")) {
        throw refused(name, "only https URLs without a user are cloned");
      }
      return uri;
    }
    // Sandboxes hold no ssh keys, and none may be put there.
    if (host != null && (SAME_OVER_HTTPS.contains(host) || listed.contains(host + ":443"))) {
      return uri(name, "https://" + host + "/" + path);
    }
    throw FailureMapper.failure(
        Cause.GIT_AUTH,
        name
            + ": sandboxes hold no ssh key, so ssh can't be used; write the https URL and set "
            + HOSTS_TOKEN
            + " and "
            + HOSTS
            + " on the workers",
        null);
  }

  private static URI uri(String name, String url) {
    try {
      URI uri = URI.create(url);
      if (uri.getHost() != null && uri.getRawPath() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw refused(name, "its URL can't be read");
    }
    throw refused(name, "its URL names no host");
  }

  private InetAddress[] addresses(String name, String host) {
    try {
      return lookup.lookUp(host);
    } catch (UnknownHostException e) {
      throw FailureMapper.failure(
          Cause.GIT_TRANSIENT,
          name + ": the host " + host + " has no address; check its name",
          null);
    }
  }

  /**
   * Java reads {@code 0177.0.0.1} as 177.0.0.1, curl as 127.0.0.1: an address may be written in one
   * way only, so that both mean the same host.
   */
  private static void requirePlain(String name, String host, InetAddress[] addresses) {
    if (host.matches("[0-9.]+") && !host.equals(addresses[0].getHostAddress())) {
      throw refused(
          name,
          "the address "
              + host
              + " can be read in two ways; write four numbers without leading zeros");
    }
  }

  private static void requirePublic(String name, String host, int port, InetAddress[] addresses) {
    for (InetAddress address : addresses) {
      if (!PublicAddress.isPublic(address)) {
        throw refused(
            name,
            "the host %s has the private address %s; list %s:%d in the workers' %s to allow it"
                .formatted(host, address.getHostAddress(), host, port, HOSTS));
      }
    }
  }

  private static ApplicationFailure refused(String name, String why) {
    return FailureMapper.failure(Cause.GIT_NOT_FOUND, name + " is not asked for: " + why, null);
  }

  private static boolean isLiteral(String host) {
    return host.startsWith("[") || host.matches("[0-9.]+");
  }

  private static String pinned(String host, int port, InetAddress[] addresses) {
    return Arrays.stream(addresses)
        .map(address -> address.getHostAddress().replaceFirst("%.*", ""))
        .map(address -> address.contains(":") ? "[" + address + "]" : address)
        .collect(Collectors.joining(",", host + ":" + port + ":", ""));
  }

  private @Nullable GitLogin login(String host, boolean trusted) {
    String[] forge = FORGES.get(host);
    if (forge == null && !trusted) {
      return null;
    }
    String variable = forge == null ? HOSTS_TOKEN : forge[0];
    String token = environment.getOrDefault(variable, "").strip();
    return token.isEmpty()
        ? null
        : new GitLogin(variable, forge == null ? "x-access-token" : forge[1], token);
  }
}
