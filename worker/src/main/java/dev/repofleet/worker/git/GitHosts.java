package dev.repofleet.worker.git;

import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.forge.Access;
import dev.repofleet.worker.forge.ForgeException;
import dev.repofleet.worker.forge.GitHubLogin;
import dev.repofleet.worker.forge.GitLabServer;
import dev.repofleet.workflows.Cause;
import io.temporal.failure.ApplicationFailure;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which Git hosts this worker lets targets name, and the login for each. Immutable, thread-safe.
 *
 * <p>The GitHub of the environment ({@link GitHubLogin}) may be asked for a token then, which takes
 * up to a minute; all other logins are variables.
 *
 * <p>{@code REPOFLEET_GIT_HOSTS=host:port,…} lists hosts that are trusted although private, on this
 * machine, or plain http. Every other host is asked over https, and only when all its addresses are
 * public ones.
 */
public final class GitHosts {
  static final String HOSTS = "REPOFLEET_GIT_HOSTS";
  static final String HOSTS_TOKEN = "REPOFLEET_GIT_TOKEN";

  /** What a token goes with; GitLab wants its word for OAuth tokens and takes any for others. */
  private static final String USER = "x-access-token";

  private static final String GITLAB_USER = "oauth2";

  private static final Pattern OWNER_AND_NAME =
      Pattern.compile("/([A-Za-z0-9._-]+)/([A-Za-z0-9._-]+?)(\\.git)?/?");

  /** Hosts whose https and ssh addresses name the same repository. */
  private static final Set<String> SAME_OVER_HTTPS =
      Set.of("github.com", "gitlab.com", "bitbucket.org", "codeberg.org");

  private static final Pattern SHORT_SSH = Pattern.compile("[\\w.-]+@([A-Za-z0-9.-]+):/?(.+)");

  private final Map<String, String> environment;
  private final Set<String> listed;
  private final HostLookup lookup;
  private final GitHubLogin gitHub;
  private final GitLabServer gitLab;

  /**
   * Those of a worker.
   *
   * @param gitHub the login at GitHub of the same environment
   * @throws IllegalArgumentException with a sentence, when the environment's GitLab can't be one
   */
  public GitHosts(Map<String, String> environment, GitHubLogin gitHub) {
    this(environment, gitHub, InetAddress::getAllByName);
  }

  GitHosts(Map<String, String> environment, GitHubLogin gitHub, HostLookup lookup) {
    this.environment = Map.copyOf(environment);
    this.lookup = lookup;
    this.gitHub = gitHub;
    this.gitLab = GitLabServer.of(environment);
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
   *     {@code git_auth} when only ssh would do or GitHub gives no token, {@code git_transient}
   *     when it has no address now or GitHub does not answer, {@code git_rate_limited} when GitHub
   *     limits
   */
  GitRemote admit(String name, String url) {
    return admit(name, url, Access.READ);
  }

  /** The same with a login for more than reading. */
  GitRemote admit(String name, String url, Access access) {
    return admitted(name, url, access);
  }

  /** The same without a login, whatever there is; no forge is asked for one. */
  GitRemote admitWithoutLogin(String name, String url) {
    return admitted(name, url, null);
  }

  /**
   * Git asks for what such a path comes to: another owner's, with the login of the one it names.
   */
  private static void requireItsOwnPath(String name, URI uri) {
    for (String part : String.valueOf(uri.getRawPath()).split("/", -1)) {
      String plain = part.toLowerCase(Locale.ROOT).replace("%2e", ".");
      if (plain.equals(".") || plain.equals("..")) {
        throw refused(name, "its path has '" + part + "' in it; write the path it comes to");
      }
    }
  }

  private GitRemote admitted(String name, String url, @Nullable Access access) {
    URI uri = overHttps(name, url);
    requireItsOwnPath(name, uri);
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
    String shown = port == (secure ? 443 : 80) ? host : host + ":" + port;
    return new GitRemote(
        name,
        uri.toASCIIString(),
        shown,
        secure ? "https" : "http:https",
        isLiteral(host) ? null : pinned(host, port, addresses),
        variable(shown),
        access == null ? null : login(name, uri, shown, trusted, access).orElse(null));
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
    if (host != null
        && (SAME_OVER_HTTPS.contains(host)
            || listed.contains(host + ":443")
            || host.equals(gitHub.server().host())
            || host.equals(gitLab.host()))) {
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
    throw refused(
        name, "its URL names no host; only https URLs, and those that stand for one, are cloned");
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

  private String variable(String host) {
    if (host.equals(gitHub.server().host())) {
      return GitHubLogin.TOKEN;
    }
    return host.equals(gitLab.host()) ? GitLabServer.TOKEN : HOSTS_TOKEN;
  }

  private Optional<GitLogin> login(
      String name, URI uri, String host, boolean trusted, Access access) {
    if (host.equals(gitHub.server().host())) {
      Optional<GitLogin> login = gitHubLogin(name, uri, access);
      return login.isPresent() || !trusted ? login : variableLogin(HOSTS_TOKEN, USER);
    }
    if (host.equals(gitLab.host())) {
      Optional<GitLogin> login = variableLogin(GitLabServer.TOKEN, GITLAB_USER);
      return login.isPresent() || !trusted ? login : variableLogin(HOSTS_TOKEN, USER);
    }
    return trusted ? variableLogin(HOSTS_TOKEN, USER) : Optional.empty();
  }

  private Optional<GitLogin> gitHubLogin(String name, URI uri, Access access) {
    Matcher path = OWNER_AND_NAME.matcher(uri.getRawPath());
    try {
      if (!path.matches()) {
        return gitHub
            .forAnything()
            .map(given -> new GitLogin(given.variable(), USER, given.value()));
      }
      String owner = path.group(1);
      String repository = path.group(2);
      return gitHub
          .forRepository(owner, repository, access)
          .map(
              given ->
                  given.expiresAt() == null
                      ? new GitLogin(given.variable(), USER, given.value())
                      : new GitLogin(
                          given.variable(),
                          USER,
                          given.value(),
                          () -> gitHub.renews(owner, repository, given.value())));
    } catch (ForgeException e) {
      throw FailureMapper.map(e, name);
    }
  }

  private Optional<GitLogin> variableLogin(String variable, String user) {
    String token = environment.getOrDefault(variable, "").strip();
    return token.isEmpty() ? Optional.empty() : Optional.of(new GitLogin(variable, user, token));
  }
}
