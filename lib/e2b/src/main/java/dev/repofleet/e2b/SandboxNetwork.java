package dev.repofleet.e2b;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a sandbox may reach and who may reach it. Immutable; {@link #toString()} shows the names of
 * headers, never a value.
 *
 * <p>A header rule is the way to let a sandbox use a secret it does not hold: E2B's proxy outside
 * the machine puts the header into each request to the domain, so no process inside can read it.
 * Any process inside can use it, though.
 *
 * @param allowOut addresses, CIDR blocks or domains that may be reached; they win over {@code
 *     denyOut}
 * @param denyOut addresses or CIDR blocks that may not; no domains. {@link #EVERYWHERE} together
 *     with {@code allowOut} makes an allow-list
 * @param headers domain → header → value that is put into every request to that domain
 * @param allowPublicTraffic false: a request to a port of the sandbox needs {@link
 *     Sandbox#trafficAccessToken()}; null leaves the server's default, which is that all may come
 * @param maskRequestHost what programs inside see as {@code Host}, for example {@code
 *     localhost:${PORT}}; null leaves the sandbox's own host name
 * @param egressProxy what connections to the outside go through; null is none
 * @param httpsPorts ports whose programs speak TLS themselves, with any certificate; fixed at
 *     creation. Addresses from outside are {@code https} either way
 */
public record SandboxNetwork(
    List<String> allowOut,
    List<String> denyOut,
    Map<String, Map<String, String>> headers,
    @Nullable Boolean allowPublicTraffic,
    @Nullable String maskRequestHost,
    @Nullable EgressProxy egressProxy,
    List<Integer> httpsPorts) {

  /** All addresses, for {@code denyOut}. */
  public static final String EVERYWHERE = "0.0.0.0/0";

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if an entry is blank, {@code denyOut} holds a domain, a header
   *     has a name or value that no HTTP request can carry, or a port is envd's or none; the
   *     message shows no value
   */
  public SandboxNetwork {
    allowOut = List.copyOf(allowOut);
    denyOut = List.copyOf(denyOut);
    headers = copy(headers);
    httpsPorts = List.copyOf(httpsPorts);
    for (int port : httpsPorts) {
      if (port < 1 || port > 65535 || port == Envd.PORT) {
        throw new IllegalArgumentException("no port that can speak TLS: " + port);
      }
    }
    allowOut.forEach(entry -> checkEntry("allowOut", entry));
    for (String entry : denyOut) {
      checkEntry("denyOut", entry);
      if (!entry.matches("[0-9A-Fa-f.:]+(?:/[0-9]{1,3})?")) {
        throw new IllegalArgumentException(
            "denyOut takes addresses and CIDR blocks, no domain: \"%s\"; deny %s and allow the rest"
                .formatted(entry, EVERYWHERE));
      }
    }
  }

  private static Map<String, Map<String, String>> copy(Map<String, Map<String, String>> headers) {
    Map<String, Map<String, String>> copy = new TreeMap<>();
    headers.forEach(
        (domain, values) -> {
          checkEntry("a header rule", domain);
          values.forEach((name, value) -> checkHeader(domain, name, value));
          copy.put(domain, Map.copyOf(values));
        });
    return Map.copyOf(copy);
  }

  private static void checkEntry(String where, String entry) {
    if (entry.isBlank() || !entry.equals(entry.strip())) {
      throw new IllegalArgumentException(where + " holds a blank or padded entry");
    }
  }

  private static void checkHeader(String domain, String name, String value) {
    if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
      throw new IllegalArgumentException(
          "the header rule for %s names a header that HTTP can't carry".formatted(domain));
    }
    if (value.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      throw new IllegalArgumentException(
          "the value of header %s for %s holds a line break or control character"
              .formatted(name, domain));
    }
  }

  /** Everything as the server's default is: all may be reached, all may come. */
  public static SandboxNetwork open() {
    return builder().build();
  }

  /** Rules to be collected. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public String toString() {
    Map<String, List<String>> names = new TreeMap<>();
    headers.forEach(
        (domain, values) -> names.put(domain, values.keySet().stream().sorted().toList()));
    return "SandboxNetwork[allowOut=%s, denyOut=%s, headers=%s, allowPublicTraffic=%s, %s]"
        .formatted(allowOut, denyOut, names, allowPublicTraffic, egressProxy);
  }

  /** Collects rules; not thread-safe. */
  public static final class Builder {
    private final List<String> allowOut = new ArrayList<>();
    private final List<String> denyOut = new ArrayList<>();
    private final Map<String, Map<String, String>> headers = new LinkedHashMap<>();
    private @Nullable Boolean allowPublicTraffic;
    private @Nullable String maskRequestHost;
    private @Nullable EgressProxy egressProxy;
    private final List<Integer> httpsPorts = new ArrayList<>();

    private Builder() {}

    /** Adds what may be reached. */
    public Builder allowOut(String... entries) {
      allowOut.addAll(List.of(entries));
      return this;
    }

    /** Adds what may not be reached. */
    public Builder denyOut(String... entries) {
      denyOut.addAll(List.of(entries));
      return this;
    }

    /** Adds a header to every request to a domain. */
    public Builder header(String domain, String name, String value) {
      headers.computeIfAbsent(domain, key -> new LinkedHashMap<>()).put(name, value);
      return this;
    }

    /** False: requests to a port need the traffic token. */
    public Builder allowPublicTraffic(boolean value) {
      this.allowPublicTraffic = value;
      return this;
    }

    /** What programs inside see as the request's host. */
    public Builder maskRequestHost(String value) {
      this.maskRequestHost = Objects.requireNonNull(value, "maskRequestHost");
      return this;
    }

    /** What connections to the outside go through. */
    public Builder egressProxy(EgressProxy value) {
      this.egressProxy = Objects.requireNonNull(value, "egressProxy");
      return this;
    }

    /** Adds a port whose program speaks TLS itself. */
    public Builder httpsPort(int port) {
      httpsPorts.add(port);
      return this;
    }

    /**
     * Checks and freezes.
     *
     * @throws IllegalArgumentException as the record's constructor says
     */
    public SandboxNetwork build() {
      return new SandboxNetwork(
          allowOut, denyOut, headers, allowPublicTraffic, maskRequestHost, egressProxy, httpsPorts);
    }
  }
}
