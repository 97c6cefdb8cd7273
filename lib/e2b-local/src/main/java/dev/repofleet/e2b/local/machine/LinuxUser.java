package dev.repofleet.e2b.local.machine;

import dev.repofleet.e2b.local.wire.Redaction;
import dev.repofleet.e2b.local.wire.RpcCode;
import dev.repofleet.e2b.local.wire.RpcException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The two accounts every sandbox has. */
public enum LinuxUser {
  USER("user", 1000, "/home/user"),
  ROOT("root", 0, "/root");

  private final String login;
  private final int uid;
  private final String home;

  LinuxUser(String login, int uid, String home) {
    this.login = login;
    this.uid = uid;
    this.home = home;
  }

  public String login() {
    return login;
  }

  public int uid() {
    return uid;
  }

  public String home() {
    return home;
  }

  /** The account of a name. */
  public static LinuxUser named(String name) {
    for (LinuxUser user : values()) {
      if (user.login.equals(name)) {
        return user;
      }
    }
    throw new RpcException(
        RpcCode.UNAUTHENTICATED,
        "invalid username: '" + Redaction.printable(name) + "', known are user and root");
  }

  /**
   * The account a Basic header chooses: a choice, no authentication (E2B contract, 2.1).
   *
   * @param otherwise without a header or a name in it
   */
  public static LinuxUser fromBasic(@Nullable String header, LinuxUser otherwise) {
    if (header == null || !header.regionMatches(true, 0, "Basic ", 0, 6)) {
      return otherwise;
    }
    try {
      byte[] decoded = Base64.getDecoder().decode(header.substring(6).strip());
      String pair = new String(decoded, StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      String name = colon < 0 ? pair : pair.substring(0, colon);
      return name.isEmpty() ? otherwise : named(name);
    } catch (IllegalArgumentException notBase64) {
      throw new RpcException(RpcCode.UNAUTHENTICATED, "malformed Basic header");
    }
  }
}
