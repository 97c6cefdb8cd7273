package dev.repofleet.starter.embedded;

import dev.repofleet.starter.command.CommandException;

/**
 * Whether this build has the sandboxes that run on this machine. The container image is built
 * without them, so what needs their classes must ask here first.
 */
final class LocalSandboxes {
  private static final boolean HERE = has("dev.repofleet.e2b.local.LocalSandboxServer");

  private LocalSandboxes() {}

  private static boolean has(String type) {
    try {
      Class.forName(type, false, LocalSandboxes.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  static boolean here() {
    return HERE;
  }

  /** Exit code 2, for who asks for them in a build that has none. */
  static CommandException leftOut(String what) {
    return CommandException.wrongUse(
        what
            + " needs sandboxes on this machine, and this build has none, as in the container"
            + " image: run it from a checkout, or set E2B_API_KEY and take `worker` and `review`");
  }
}
