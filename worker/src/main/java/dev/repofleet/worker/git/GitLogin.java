package dev.repofleet.worker.git;

import java.util.Objects;

/**
 * A token for one Git host.
 *
 * @param variable of the worker's environment it comes from; this is what messages name
 * @param user that goes with it
 * @param token never printed
 */
record GitLogin(String variable, String user, String token) {
  GitLogin {
    Objects.requireNonNull(variable, "variable");
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(token, "token");
  }

  @Override
  public String toString() {
    return "GitLogin[" + variable + "]";
  }
}
