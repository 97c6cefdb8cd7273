package dev.repofleet.artifacts.plan;

import java.util.Map;

/**
 * Variables that hold a secret wherever they are set. Their values are in nothing that is stored or
 * shown, and no plan sets one: a plan lies readable in the store. Immutable.
 */
public final class SecretVariables {
  private static final Map<String, Kind> KINDS =
      Map.ofEntries(
          Map.entry("ANTHROPIC_API_KEY", Kind.MODEL),
          Map.entry("ANTHROPIC_AUTH_TOKEN", Kind.MODEL),
          Map.entry("CLAUDE_CODE_OAUTH_TOKEN", Kind.MODEL),
          Map.entry("AWS_SECRET_ACCESS_KEY", Kind.MODEL),
          Map.entry("AWS_SESSION_TOKEN", Kind.MODEL),
          Map.entry("AWS_BEARER_TOKEN_BEDROCK", Kind.MODEL),
          Map.entry("GH_TOKEN", Kind.TOOL),
          Map.entry("GITHUB_TOKEN", Kind.GIT),
          Map.entry("GITLAB_TOKEN", Kind.GIT),
          Map.entry("REPOFLEET_GIT_TOKEN", Kind.GIT),
          Map.entry("GITHUB_APP_PRIVATE_KEY", Kind.GITHUB_APP),
          Map.entry("E2B_API_KEY", Kind.E2B),
          Map.entry("E2B_ACCESS_TOKEN", Kind.E2B),
          Map.entry("TEMPORAL_API_KEY", Kind.TEMPORAL),
          Map.entry("TEMPORAL_TLS_CLIENT_KEY_DATA", Kind.TEMPORAL),
          Map.entry("REPOFLEET_ENCRYPTION_KEYS", Kind.PAYLOADS),
          Map.entry("REPOFLEET_S3_SECRET_ACCESS_KEY", Kind.STORE),
          Map.entry("REPOFLEET_WEBHOOK_URL", Kind.WEBHOOK_URL),
          Map.entry("REPOFLEET_WEBHOOK_SECRET", Kind.WEBHOOK_KEY));

  private SecretVariables() {}

  /** All of them, each with what it is for. */
  public static Map<String, Kind> all() {
    return KINDS;
  }

  /** What a secret is for. */
  public enum Kind {
    /** For agents; Bedrock's are AWS's. */
    MODEL("a key of the model's provider", true),
    /** The fleet itself never reads it. */
    TOOL("a token for GitHub's own program", true),
    /** To clone and to publish. */
    GIT("a token for a Git host", false),
    /** Mints tokens for a Git host. */
    GITHUB_APP("the key of a GitHub App", false),
    /** The account of all sandboxes. */
    E2B("the key for E2B", false),
    /** The namespace. */
    TEMPORAL("the key for Temporal", false),
    /** What histories are encrypted with. */
    PAYLOADS("the keys of Temporal's payloads", false),
    /** A bucket. */
    STORE("the key for the artifact store", false),
    /** Whoever knows it may post there. */
    WEBHOOK_URL("the address of a webhook", false),
    /** Signs what is posted. */
    WEBHOOK_KEY("the key of a webhook", false);

    private final String words;
    private final boolean forAgents;

    Kind(String words, boolean forAgents) {
      this.words = words;
      this.forAgents = forAgents;
    }

    /** For a sentence, such as "a token for a Git host". */
    public String words() {
      return words;
    }

    /** Whether an agent may have it. With any other its holder acts as the fleet. */
    public boolean forAgents() {
      return forAgents;
    }
  }
}
