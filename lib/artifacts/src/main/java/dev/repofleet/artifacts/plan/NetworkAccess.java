package dev.repofleet.artifacts.plan;

import dev.repofleet.artifacts.Parts;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the sandbox of an agent may reach beside its model and the plan's MCP servers, which it
 * always may. E2B holds it to that (outbound rules, E2B contract, 1.4). Immutable.
 *
 * @param allow what is allowed, in spite of {@code deny}: host names, {@code *.example.org} for all
 *     below one, IPv4 addresses and blocks of them; default none. E2B knows a name by the Host
 *     header on port 80 and the server name of TLS on port 443; other ports need addresses
 * @param deny what is not: IPv4 addresses and blocks; default {@link #EVERYWHERE}. Empty: nothing
 *     is denied. Without {@link #EVERYWHERE} in it, {@code allow} can't hold names
 */
public record NetworkAccess(List<String> allow, List<String> deny) {
  /** All addresses. */
  public static final String EVERYWHERE = "0.0.0.0/0";

  private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])";
  private static final String BLOCK =
      "(?:" + OCTET + "\\.){3}" + OCTET + "(?:/(?:[12]?[0-9]|3[0-2]))?";
  private static final String NAME =
      "(?:\\*\\.)?(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\\.)*"
          + "[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";

  /** An IPv4 address or a block of them. */
  public static final Pattern ADDRESS = Pattern.compile(BLOCK);

  /** What may be allowed: also a name. */
  public static final Pattern DESTINATION = Pattern.compile(BLOCK + "|" + NAME);

  /** Nothing but the model and the plan's MCP servers; made of the forms above. */
  public static final NetworkAccess DEFAULTS = new NetworkAccess(List.of(), List.of(EVERYWHERE));

  /** Fills in defaults; refuses entries of another form, and names where not all is denied. */
  public NetworkAccess {
    allow = Parts.list(allow);
    deny = deny == null ? List.of(EVERYWHERE) : List.copyOf(deny);
    allow.forEach(entry -> require(entry, DESTINATION, "network.allow"));
    deny.forEach(entry -> require(entry, ADDRESS, "network.deny"));
    if (!deny.contains(EVERYWHERE)) {
      for (String entry : allow) {
        require(entry, ADDRESS, "network.allow, where network.deny is not " + EVERYWHERE + ",");
      }
    }
  }

  /** Of the parts that were written; an absent one takes its default. */
  @SuppressWarnings("NullAway") // the compact constructor replaces what is absent
  public static NetworkAccess of(@Nullable List<String> allow, @Nullable List<String> deny) {
    return new NetworkAccess(allow, deny);
  }

  /** Whether all is denied that is not allowed. */
  public boolean deniesTheRest() {
    return deny.contains(EVERYWHERE);
  }

  private static void require(String entry, Pattern form, String where) {
    if (!form.matcher(entry).matches()) {
      throw new IllegalArgumentException(where + " can't hold \"" + entry + "\"");
    }
  }
}
