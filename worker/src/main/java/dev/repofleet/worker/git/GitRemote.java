package dev.repofleet.worker.git;

import dev.repofleet.worker.secrets.KnownSecrets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A repository on a host that may be asked.
 *
 * @param name of the target, for people
 * @param url to give to Git, http or https
 * @param host lower-case, with a port that is not the default
 * @param protocols for Git's allow-list
 * @param pinned {@code host:port:addresses}, what the host was resolved to when it was let through;
 *     absent when the URL names an address
 * @param variable of the worker's environment that a login for this host is looked for in
 * @param login that was found there
 */
record GitRemote(
    String name,
    String url,
    String host,
    String protocols,
    @Nullable String pinned,
    String variable,
    @Nullable GitLogin login) {
  GitRemote {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(protocols, "protocols");
    Objects.requireNonNull(variable, "variable");
  }

  /** What must not be quoted of this host's words: the login's token too. */
  KnownSecrets with(KnownSecrets secrets) {
    return login == null ? secrets : secrets.and(login.token());
  }

  GitRemote withoutLogin() {
    return new GitRemote(name, url, host, protocols, pinned, variable, null);
  }
}
