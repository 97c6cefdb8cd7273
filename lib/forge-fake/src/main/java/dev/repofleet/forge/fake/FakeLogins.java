package dev.repofleet.forge.fake;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who gets in at {@link FakeGitHub}: personal tokens, an App with its installations, and the tokens
 * that these make, which die. For one thread at a time.
 */
final class FakeLogins {
  private static final Duration TOKEN_LIFE = Duration.ofHours(1);

  private final Map<Long, Installation> installations = new TreeMap<>();
  private final Map<String, Login> logins = new HashMap<>();
  private final Supplier<Instant> now;
  private final Function<String, @Nullable Long> repositoryIds;
  private int minted;

  /** {@code repositories} is absent when the App was given all. */
  record Installation(
      long id,
      String owner,
      @Nullable Set<Long> repositories,
      Map<String, String> permissions,
      boolean suspended) {}

  /** {@code expiresAt} is absent for tokens that don't die; {@code sees} tells private ones. */
  record Login(
      String user,
      Predicate<FakeRepository> sees,
      Map<String, String> permissions,
      @Nullable Instant expiresAt) {}

  /**
   * @param now the time of the forge
   * @param repositoryIds by full name
   */
  FakeLogins(Supplier<Instant> now, Function<String, @Nullable Long> repositoryIds) {
    this.now = now;
    this.repositoryIds = repositoryIds;
  }

  /** A token that sees the private repositories of these owners. */
  void personal(String value, String user, Set<String> owners) {
    logins.put(
        value, new Login(user, repository -> owners.contains(repository.owner()), Map.of(), null));
  }

  void revoke(String token) {
    logins.remove(token);
  }

  /** As {@link FakeGitHub#install}. */
  void install(long id, String owner, Set<Long> repositoryIds, String... permissions) {
    Map<String, String> given = new LinkedHashMap<>(Map.of("metadata", "read"));
    for (String permission : permissions) {
      String[] parts = permission.split("=", 2);
      given.put(parts[0], parts[1]);
    }
    installations.put(
        id,
        new Installation(
            id, owner, repositoryIds.isEmpty() ? null : Set.copyOf(repositoryIds), given, false));
  }

  void suspend(long id) {
    Installation known = Answers.known(installations.get(id));
    installations.put(
        id,
        new Installation(
            known.id(), known.owner(), known.repositories(), known.permissions(), true));
  }

  Collection<Installation> installations() {
    return installations.values();
  }

  /** Refuses who does not come with the App's signature. */
  void requireApp(String authorization) {
    if (!AppKey.hasSigned(authorization.replaceFirst("^Bearer ", ""))) {
      throw Answers.refusal(401, "A JSON web token could not be decoded");
    }
  }

  /** Makes a token of an installation, for what is asked, and answers as GitHub does. */
  Map<String, Object> mint(long installationId, JsonNode wanted) {
    Installation installation = Answers.known(installations.get(installationId));
    if (installation.suspended()) {
      throw Answers.refusal(403, "This installation has been suspended");
    }
    Set<Long> ids = null;
    if (wanted.has("repositories")) {
      List<Long> named = new ArrayList<>();
      for (JsonNode name : wanted.get("repositories")) {
        Long id = repositoryIds.apply(installation.owner() + "/" + name.asText());
        if (id == null
            || (installation.repositories() != null && !installation.repositories().contains(id))) {
          throw Answers.refusal(
              422,
              "There is at least one repository that does not exist or is not accessible to the"
                  + " parent installation.");
        }
        named.add(id);
      }
      ids = Set.copyOf(named);
    } else if (installation.repositories() != null) {
      ids = installation.repositories();
    }
    Map<String, String> permissions = new LinkedHashMap<>(installation.permissions());
    if (wanted.has("permissions")) {
      permissions.clear();
      wanted
          .get("permissions")
          .properties()
          .forEach(entry -> permissions.put(entry.getKey(), entry.getValue().asText()));
    }
    permissions.forEach((name, level) -> requireGranted(installation, name, level));
    String value = "ghs_" + installation.id() + "x" + ++minted + "abcdefghijklmnopqrstuvwxyz";
    Instant end = now.get().plus(TOKEN_LIFE);
    Set<Long> only = ids;
    logins.put(
        value,
        new Login(
            "fleet[bot]",
            one ->
                one.owner().equalsIgnoreCase(installation.owner())
                    && (only == null || only.contains(one.id())),
            permissions,
            end));
    return Map.of("token", value, "expires_at", end.toString(), "permissions", permissions);
  }

  private static void requireGranted(Installation installation, String name, String level) {
    String granted = installation.permissions().get(name);
    if (granted == null || (level.equals("write") && !granted.equals("write"))) {
      throw Answers.refusal(422, "The permissions requested are not granted to this installation.");
    }
  }

  /** Whose token this is. */
  Login known(String token) {
    return Answers.known(logins.get(token));
  }

  /** Whether a token was given out here and has not died. */
  boolean isGood(String token) {
    Login login = logins.get(token);
    return login != null && (login.expiresAt() == null || login.expiresAt().isAfter(now.get()));
  }

  /** Who comes with this header; nobody in particular without one. */
  Login of(String authorization) {
    if (authorization.isEmpty()) {
      return new Login("", repository -> false, Map.of(), null);
    }
    String token = authorization.replaceFirst("^(?i)(Bearer|token) ", "");
    if (!isGood(token)) {
      throw Answers.refusal(401, "Bad credentials");
    }
    return known(token);
  }
}
