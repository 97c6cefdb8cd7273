package dev.repofleet.artifacts.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a plan may not say of the agent's machine. */
class ReservedVariablesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ANTHROPIC_BASE_URL",
        "ANTHROPIC_CUSTOM_HEADERS",
        "CLAUDE_CODE_USE_BEDROCK",
        "AWS_ENDPOINT_URL",
        "HTTPS_PROXY",
        "https_proxy",
        "All_Proxy",
        "NODE_OPTIONS",
        "NODE_EXTRA_CA_CERTS",
        "LD_PRELOAD",
        "BASH_ENV",
        "BASH_FUNC_id%%",
        "BUN_OPTIONS",
        "CLAUDE_CODE_SHELL_PREFIX",
        "GIT_CONFIG_COUNT",
        "GIT_SSH_COMMAND",
        "GLOBIGNORE",
        "OPENSSL_CONF",
        "PATH",
        "HOME",
        "RF_ROOT"
      })
  void whereTheKeyGoesAndWhatRunsFirstIsTheWorkersToSay(String name) {
    assertThat(ReservedVariables.contains(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BASH_DEFAULT_TIMEOUT_MS",
        "GIT_AUTHOR_NAME",
        "MAVEN_OPTS",
        "NODE_ENV",
        "LANG",
        "GRADLE_USER_HOME",
        "CI",
        "PROXY"
      })
  void whatBuildsAndTestsNeedIsThePlans(String name) {
    assertThat(ReservedVariables.contains(name)).isFalse();
  }
}
