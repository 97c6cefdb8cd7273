package dev.repofleet.artifacts.plan;

import java.util.regex.Pattern;

/**
 * Variables that no plan sets, since they say where an agent sends the worker's key, or what runs
 * before it does: whoever may only start batches is not trusted with that. Immutable.
 */
public final class ReservedVariables {
  /** Of all their names; also a pattern of JSON Schema. */
  public static final String PATTERN =
      "^(HOME|PATH|ENV|IFS|SHELL|SHELLOPTS|BASHOPTS|GLOBIGNORE|POSIXLY_CORRECT"
          + "|NODE_(OPTIONS|PATH|EXTRA_CA_CERTS|TLS_REJECT_UNAUTHORIZED)|SSL_CERT_(FILE|DIR)"
          + "|OPENSSL_(CONF|ENGINES|MODULES)|CLOUD_ML_REGION|.*_[Pp][Rr][Oo][Xx][Yy]"
          + "|CLAUDE_(CONFIG_DIR|ENV_FILE)|CLAUDE_CODE_SHELL(_PREFIX)?|BASH_(COMPAT|ENV|FUNC_.*)"
          + "|GIT_(ASKPASS|CONFIG.*|EXEC_PATH|EXTERNAL_DIFF|SSH.*)"
          + "|AWS_(CA_BUNDLE|CONFIG_FILE|PROFILE|SHARED_CREDENTIALS_FILE)"
          + "|(ANTHROPIC_|AWS_ENDPOINT_URL|BUN_|CLAUDE_CODE_USE_|LD_|RF_).*)$";

  private static final Pattern NAMES = Pattern.compile(PATTERN);

  private ReservedVariables() {}

  /** Whether a plan may not set it. */
  public static boolean contains(String name) {
    return NAMES.matcher(name).matches();
  }
}
