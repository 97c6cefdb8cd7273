package dev.repofleet.worker.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.temporal.failure.ApplicationFailure;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GitProgramTest {
  private static GitProgram.Command failing(String words) {
    return GitProgram.Command.local(
        Map.of(), "-c", "alias.fail=!echo '" + words + "' >&2; exit 128;", "fail");
  }

  @Test
  void aFullDiskIsNamedWithItsFolder() {
    try (GitProgram git = new GitProgram(() -> {})) {
      ApplicationFailure failure =
          catchThrowableOfType(
              ApplicationFailure.class,
              () ->
                  git.run(
                      failing(
                          "fatal: write error: No space left on device\n"
                              + "fatal: fetch-pack: invalid index-pack output")));
      assertThat(failure.getType()).isEqualTo("internal");
      assertThat(failure.isNonRetryable()).as("room may be made").isFalse();
      assertThat(failure.getOriginalMessage())
          .contains("no space is left for git on the worker: make room in ")
          .endsWith(System.getProperty("java.io.tmpdir"));
    }
  }

  @Test
  void aFullDiskOfTheHostIsTheHosts() {
    try (GitProgram git = new GitProgram(() -> {})) {
      assertThat(git.run(failing("remote: fatal: No space left on device")).exitCode())
          .isEqualTo(128);
    }
  }
}
