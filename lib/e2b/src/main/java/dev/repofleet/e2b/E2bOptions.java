package dev.repofleet.e2b;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where E2B is and how to speak to it. Immutable; {@link #toString()} never shows the key.
 *
 * <p>The names and defaults of the environment variables are those of the official SDKs.
 */
public final class E2bOptions {
  /** E2B's own cloud. */
  public static final String DEFAULT_DOMAIN = "e2b.app";

  /** The official SDKs' request time-out. */
  public static final Duration DEFAULT_REQUEST_TIMEOUT = Duration.ofSeconds(60);

  /** A third of the read time-out: two lost pings still leave the stream open. */
  static final Duration DEFAULT_KEEPALIVE = Duration.ofSeconds(20);

  static final Duration DEFAULT_STREAM_SILENCE = Duration.ofSeconds(60);

  private final String apiKey;
  private final String domain;
  private final URI apiUrl;
  private final @Nullable URI sandboxUrl;
  private final Duration requestTimeout;
  private final Duration keepaliveInterval;
  private final Duration streamSilence;

  private E2bOptions(Builder builder) {
    this.apiKey = checkKey(builder.apiKey);
    this.domain = checkDomain(builder.domain);
    this.apiUrl =
        builder.apiUrl != null
            ? checkUrl("E2B_API_URL", builder.apiUrl)
            : checkUrl("E2B_DOMAIN", "https://api." + builder.domain);
    this.sandboxUrl =
        builder.sandboxUrl == null ? null : checkUrl("E2B_SANDBOX_URL", builder.sandboxUrl);
    this.requestTimeout = checkPositive("requestTimeout", builder.requestTimeout);
    this.keepaliveInterval = checkPositive("keepaliveInterval", builder.keepaliveInterval);
    this.streamSilence = checkPositive("streamSilence", builder.streamSilence);
    if (keepaliveInterval.compareTo(streamSilence) >= 0) {
      throw new IllegalArgumentException(
          "streamSilence %s must be longer than keepaliveInterval %s"
              .formatted(streamSilence, keepaliveInterval));
    }
  }

  /** An empty builder; only {@link Builder#apiKey} has no default. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Reads {@code E2B_API_KEY}, {@code E2B_API_URL}, {@code E2B_DOMAIN} and {@code E2B_SANDBOX_URL}.
   * Blank counts as unset, and blanks around a value are dropped.
   *
   * @throws IllegalArgumentException if the key is missing or a value is malformed; the message
   *     names the variable
   */
  public static E2bOptions fromEnvironment(Map<String, String> environment) {
    Builder builder = builder();
    value(environment, "E2B_API_KEY").ifPresent(builder::apiKey);
    value(environment, "E2B_DOMAIN").ifPresent(builder::domain);
    value(environment, "E2B_API_URL").ifPresent(builder::apiUrl);
    value(environment, "E2B_SANDBOX_URL").ifPresent(builder::sandboxUrl);
    return builder.build();
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name))
        .map(String::strip)
        .filter(text -> !text.isEmpty());
  }

  private static String checkKey(@Nullable String key) {
    if (key == null) {
      throw new IllegalArgumentException(
          "no E2B API key: set E2B_API_KEY (a key of your own is at https://e2b.dev/dashboard)");
    }
    // OkHttp would name the value of a header it can't send, so it must never see a bad one.
    if (key.isEmpty() || !key.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException(
          "E2B_API_KEY holds a space, a line break or a character that no key has: copy it again");
    }
    return key;
  }

  private static String checkDomain(String domain) {
    if (!domain.matches("[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")) {
      throw new IllegalArgumentException("E2B_DOMAIN is no domain name: " + domain);
    }
    return domain.toLowerCase(Locale.ROOT);
  }

  private static URI checkUrl(String name, String text) {
    URI uri;
    try {
      uri = URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + " does not give a URL", e);
    }
    boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!web || uri.getHost() == null || uri.getUserInfo() != null || uri.getQuery() != null) {
      throw new IllegalArgumentException(
          name + " must give an http or https URL with a host, without user, key or query");
    }
    return uri;
  }

  private static Duration checkPositive(String name, Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException(name + " must be positive, not " + duration);
    }
    return duration;
  }

  /** The secret sent as {@code X-API-KEY} to the control plane, and to nothing else. */
  public String apiKey() {
    return apiKey;
  }

  /** The domain sandboxes live under when the API does not name one; default {@code e2b.app}. */
  public String domain() {
    return domain;
  }

  /** The control plane; default {@code https://api.<domain>}. */
  public URI apiUrl() {
    return apiUrl;
  }

  /** One address for all sandboxes; empty means the address follows from domain and sandbox. */
  public Optional<URI> sandboxUrl() {
    return Optional.ofNullable(sandboxUrl);
  }

  /**
   * The longest a call that is not a stream may take from first to last byte, and the longest wait
   * for a stream to begin; default 60 s.
   */
  public Duration requestTimeout() {
    return requestTimeout;
  }

  /** How often envd is asked to write something into a quiet stream; default 20 s. */
  public Duration keepaliveInterval() {
    return keepaliveInterval;
  }

  /** After this long without a byte a stream counts as dead; default 60 s. */
  public Duration streamSilence() {
    return streamSilence;
  }

  @Override
  public String toString() {
    return "E2bOptions[apiUrl=%s, sandboxUrl=%s, domain=%s, requestTimeout=%s, apiKey=hidden]"
        .formatted(apiUrl, sandboxUrl, domain, requestTimeout);
  }

  /** Collects options; not thread-safe. */
  public static final class Builder {
    private @Nullable String apiKey;
    private String domain = DEFAULT_DOMAIN;
    private @Nullable String apiUrl;
    private @Nullable String sandboxUrl;
    private Duration requestTimeout = DEFAULT_REQUEST_TIMEOUT;
    private Duration keepaliveInterval = DEFAULT_KEEPALIVE;
    private Duration streamSilence = DEFAULT_STREAM_SILENCE;

    private Builder() {}

    /** The secret; required. */
    public Builder apiKey(String value) {
      this.apiKey = Objects.requireNonNull(value, "apiKey");
      return this;
    }

    /** The domain of a cloud other than E2B's own. */
    public Builder domain(String value) {
      this.domain = Objects.requireNonNull(value, "domain");
      return this;
    }

    /** The control plane's address, if it does not follow from the domain. */
    public Builder apiUrl(String value) {
      this.apiUrl = Objects.requireNonNull(value, "apiUrl");
      return this;
    }

    /** One address for all sandboxes, told apart by headers: a local server or a gateway. */
    public Builder sandboxUrl(String value) {
      this.sandboxUrl = Objects.requireNonNull(value, "sandboxUrl");
      return this;
    }

    /** See {@link E2bOptions#requestTimeout()}. */
    public Builder requestTimeout(Duration value) {
      this.requestTimeout = Objects.requireNonNull(value, "requestTimeout");
      return this;
    }

    /** See {@link E2bOptions#keepaliveInterval()}; sent in whole seconds, at least one. */
    public Builder keepaliveInterval(Duration value) {
      this.keepaliveInterval = Objects.requireNonNull(value, "keepaliveInterval");
      return this;
    }

    /** See {@link E2bOptions#streamSilence()}; must be longer than the keepalive interval. */
    public Builder streamSilence(Duration value) {
      this.streamSilence = Objects.requireNonNull(value, "streamSilence");
      return this;
    }

    /**
     * Checks and freezes.
     *
     * @throws IllegalArgumentException if the key is missing or a value is malformed
     */
    public E2bOptions build() {
      return new E2bOptions(this);
    }
  }
}
