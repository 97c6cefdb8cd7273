package dev.repofleet.workflows.client;

import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.envconfig.ClientConfigTLS;
import io.temporal.envconfig.LoadClientConfigProfileOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@code TEMPORAL_*} variables and the profile file say, and refuses what the SDK would
 * take for something else, or would fail on in words that name no variable.
 */
final class TemporalProfile {
  private static final Pattern ADDRESS =
      Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^\\s:/]+):(\\d{1,5})");

  private static final int MAX_PORT = 65_535;

  /** What a header can carry, without blanks. */
  private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]+");

  /** The SDK takes whatever is not "true" for false (observed, SDK 1.38). */
  private static final List<String> SWITCHES =
      List.of("TEMPORAL_TLS", "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION");

  private static final String CLIENT_CERTIFICATE = "TEMPORAL_TLS_CLIENT_CERT_PATH";
  private static final String CLIENT_KEY = "TEMPORAL_TLS_CLIENT_KEY_PATH";
  private static final String CERTIFICATE = "-----BEGIN CERTIFICATE-----";
  private static final String PRIVATE_KEY = "PRIVATE KEY-----";
  private static final String ENCRYPTED = "BEGIN ENCRYPTED PRIVATE KEY-----";

  private final Map<String, String> variables;

  private TemporalProfile(Map<String, String> variables) {
    this.variables = variables;
  }

  /**
   * The profile with the variables before it. Variables that are empty count as absent.
   *
   * @throws TemporalUnreachableException naming what is wrong, and never what a key is
   */
  static ClientConfigProfile load(Map<String, String> environment) {
    TemporalProfile reader = new TemporalProfile(stripped(environment));
    reader.requireSwitches();
    ClientConfigProfile profile = reader.read();
    requireAddress(profile.getAddress());
    reader.requireKey(profile.getApiKey());
    ClientConfigTLS tls = profile.getTls();
    if (tls != null && !Boolean.TRUE.equals(tls.isDisabled())) {
      reader.requireFiles(tls);
    }
    return profile;
  }

  private static Map<String, String> stripped(Map<String, String> environment) {
    Map<String, String> variables = new HashMap<>();
    environment.forEach(
        (name, value) -> {
          String stripped = value.strip();
          if (!name.startsWith("TEMPORAL_")) {
            variables.put(name, value);
          } else if (!stripped.isEmpty()) {
            variables.put(name, stripped);
          }
        });
    return variables;
  }

  private ClientConfigProfile read() {
    try {
      return ClientConfigProfile.load(
          LoadClientConfigProfileOptions.newBuilder().setEnvOverrides(variables).build());
    } catch (IOException | RuntimeException e) {
      // An empty profile file ends in a NullPointerException (observed, SDK 1.38). The message of a
      // parser may quote the file, and the file may hold a key.
      throw new TemporalUnreachableException(
          "Temporal's configuration can't be read (" + e.getClass().getSimpleName() + ")",
          "check TEMPORAL_CONFIG_FILE and TEMPORAL_PROFILE",
          e);
    }
  }

  private void requireSwitches() {
    for (String name : SWITCHES) {
      String value = variables.getOrDefault(name, "true").toLowerCase(Locale.ROOT);
      if (!value.equals("true") && !value.equals("false")) {
        throw wrong(name + " is '" + value + "'", "write true or false");
      }
    }
  }

  /** Else gRPC fails in threads of its own, and tells it on standard error. */
  private static void requireAddress(@Nullable String address) {
    if (address == null || address.isEmpty()) {
      return;
    }
    Matcher parts = ADDRESS.matcher(address);
    if (!parts.matches() || Integer.parseInt(parts.group(2)) > MAX_PORT) {
      throw wrong(
          "TEMPORAL_ADDRESS is '" + address + "'", "write it as HOST:PORT, such as 127.0.0.1:7233");
    }
  }

  private void requireKey(@Nullable String key) {
    if (key != null && !key.isEmpty() && !KEY.matcher(key).matches()) {
      throw wrong(
          named("TEMPORAL_API_KEY", "api_key") + " has blanks or other signs that no key has in it",
          "set it to the key alone");
    }
  }

  private void requireFiles(ClientConfigTLS tls) {
    boolean hasCertificate = isSet(tls.getClientCertPath()) || isSet(tls.getClientCertData());
    boolean hasKey = isSet(tls.getClientKeyPath()) || isSet(tls.getClientKeyData());
    if (hasCertificate != hasKey) {
      throw wrong(
          hasCertificate
              ? "there is a client certificate, and no key to it"
              : "there is the key of a client certificate, and no certificate",
          "set " + (hasCertificate ? CLIENT_KEY : CLIENT_CERTIFICATE) + " too");
    }
    requirePem(
        named(CLIENT_CERTIFICATE, "client_cert_path"),
        tls.getClientCertPath(),
        CERTIFICATE,
        "certificate");
    requirePem(
        named(CLIENT_KEY, "client_key_path"), tls.getClientKeyPath(), PRIVATE_KEY, "private key");
    requirePem(
        named("TEMPORAL_TLS_SERVER_CA_CERT_PATH", "server_ca_cert_path"),
        tls.getServerCACertPath(),
        CERTIFICATE,
        "certificate");
  }

  private static void requirePem(
      String name, @Nullable String path, String mark, String whatIsWanted) {
    if (path == null || path.isEmpty()) {
      return;
    }
    String text;
    try {
      text = Files.readString(Path.of(path), StandardCharsets.ISO_8859_1);
    } catch (IOException | InvalidPathException e) {
      throw new TemporalUnreachableException(
          name + " names " + path + ", which can't be read (" + e.getClass().getSimpleName() + ")",
          "correct the path, or who may read the file",
          e);
    }
    if (!text.contains(mark)) {
      throw wrong(
          name + " names " + path + ", in which is no " + whatIsWanted + " in PEM form",
          "convert it by openssl, or correct the path");
    }
    if (text.contains(ENCRYPTED)) {
      throw wrong(
          name + " names " + path + ", a key with a password",
          "take the password away by `openssl pkey`, and let nobody else read the file");
    }
  }

  private static boolean isSet(@Nullable String value) {
    return value != null && !value.isEmpty();
  }

  private static boolean isSet(byte @Nullable [] value) {
    return value != null && value.length > 0;
  }

  /** What is set, as it is called where it was said. */
  private String named(String variable, String inProfile) {
    return variables.containsKey(variable)
        ? variable
        : variable + " (" + inProfile + " of the profile)";
  }

  private static TemporalUnreachableException wrong(String seen, String wayOut) {
    return new TemporalUnreachableException(seen, wayOut, null);
  }
}
