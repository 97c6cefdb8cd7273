package dev.repofleet.worker.git;

import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * A token for one Git host.
 *
 * @param variable of the worker's environment it comes from; this is what messages name
 * @param user that goes with it
 * @param token never printed
 * @param renewal is told that the host refused the token, and says whether another is to be had
 */
record GitLogin(String variable, String user, String token, BooleanSupplier renewal) {
  /** One that stays as it is. */
  GitLogin(String variable, String user, String token) {
    this(variable, user, token, GitLogin::never);
  }

  GitLogin {
    Objects.requireNonNull(variable, "variable");
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(token, "token");
    Objects.requireNonNull(renewal, "renewal");
  }

  private static boolean never() {
    return false;
  }

  @Override
  public String toString() {
    return "GitLogin[" + variable + "]";
  }
}
