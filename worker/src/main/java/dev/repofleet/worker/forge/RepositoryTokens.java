package dev.repofleet.worker.forge;

import java.util.Optional;

/** Gives the token that opens one repository. Implementations are thread-safe. */
@FunctionalInterface
public interface RepositoryTokens {
  /**
   * A token for one repository, good for at least 20 minutes from now when its end is known. May
   * ask the forge, and then blocks for up to a minute.
   *
   * @return nothing when there is no login for that repository, which may be a public one
   * @throws ForgeException when the forge refuses, limits or does not answer
   */
  Optional<Token> forRepository(String owner, String name, Access access);
}
