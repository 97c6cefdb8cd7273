package dev.repofleet.artifacts;

import java.util.regex.Pattern;

/**
 * Variables that no plan sets, since they say where an agent sends the worker's key, or what runs
 * before it does: whoever may only start batches is not trusted with that. Immutable.
 */
public final class ReservedVariables {
  /** Of all their names; also a pattern of JSON Schema. */
  public static final String PATTERN =
      "^(HOME|PATH|ENV|IFS|SHELL|SHELLOPTS|BASHOPTS"
          + "|NODE_(OPTIONS|PATH|EXTRA_CA_CERTS|TLS_REJECT_UNAUTHORIZED)|SSL_CERT_(FILE|DIR)"
          + "|CLOUD_ML_REGION|CLAUDE_CONFIG_DIR|.*_[Pp][Rr][Oo][Xx][Yy]"
          + "|AWS_(CA_BUNDLE|CONFIG_FILE|PROFILE|SHARED_CREDENTIALS_FILE)"
          + "|(ANTHROPIC_|AWS_ENDPOINT_URL|BASH_|CLAUDE_CODE_USE_|LD_|RF_).*)$";

  private static final Pattern NAMES = Pattern.compile(PATTERN);

  private ReservedVariables() {}

  /** Whether a plan may not set it. */
  public static boolean contains(String name) {
    return NAMES.matcher(name).matches();
  }
}
