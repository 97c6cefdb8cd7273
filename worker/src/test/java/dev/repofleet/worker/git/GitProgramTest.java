package dev.repofleet.worker.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.temporal.failure.ApplicationFailure;
import java.io.UncheckedIOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GitProgramTest {
  private static GitProgram.Command failing(String words) {
    return GitProgram.Command.local(
        Map.of(), "-c", "alias.fail=!echo '" + words + "' >&2; exit 128;", "fail");
  }

  @Test
  void aWorkerWithoutGitIsToldToInstallIt() {
    assertThatThrownBy(() -> GitProgram.started(new ProcessBuilder("git-that-nobody-has")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("git-that-nobody-has")
        .hasMessageEndingWith("install Git on this worker and have it on the worker's PATH");
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "remote: fatal: No space left on device",
        "remote: sorry\u2028fatal: write error: No space left on device",
        "error: remote unpack failed: No space left on device",
        "fatal: remote error: sorry\nfatal: write error: No space left on device",
        " ! [remote rejected] main -> main (No space left on device)",
        "error: No space left on device: does not exist in index"
      })
  void neitherAFullDiskOfTheHostNorTheNameOfAFileIsTheWorkersDisk(String words) {
    try (GitProgram git = new GitProgram(() -> {})) {
      assertThat(git.run(failing(words)).exitCode()).isEqualTo(128);
    }
  }

  @Test
  void aFullDiskIsNamedWhateverTheHostSaidBefore() {
    try (GitProgram git = new GitProgram(() -> {})) {
      assertThatThrownBy(
              () ->
                  git.run(
                      failing(
                          "remote: Counting objects\n"
                              + "fatal: write error: No space left on device")))
          .hasMessageContaining("make room in ");
    }
  }
}
