package dev.repofleet.e2b.local.machine;

import dev.repofleet.e2b.local.wire.RpcCode;
import dev.repofleet.e2b.local.wire.RpcException;

/** Paths as callers give them. Stateless. */
public final class SandboxPaths {
  private SandboxPaths() {}

  /**
   * The absolute path: {@code ~} and relative ones start at the user's home. {@code ..} stays, as
   * only the kernel knows where it leads; it can't lead out of a sandbox.
   */
  public static String absolute(String path, LinuxUser user) {
    if (path.indexOf('\0') >= 0) {
      throw new RpcException(RpcCode.INVALID_ARGUMENT, "a path can't hold a NUL character");
    }
    String result;
    if (path.isEmpty() || path.equals("~") || path.equals("~/")) {
      result = user.home();
    } else if (path.startsWith("~/")) {
      result = user.home() + path.substring(1);
    } else if (path.startsWith("/")) {
      result = path;
    } else {
      result = user.home() + "/" + path;
    }
    String single = result.replaceAll("/{2,}", "/").replaceAll("(/\\.)+(?=/|$)", "");
    while (single.length() > 1 && single.endsWith("/")) {
      single = single.substring(0, single.length() - 1);
    }
    return single.isEmpty() ? "/" : single;
  }

  /** The last part; empty for the root. */
  public static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
