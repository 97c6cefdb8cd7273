package dev.repofleet.starter.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StandardOutputTest {
  /** A stream that takes nothing, for this reason. */
  private static PrintWriter refusing(String reason) {
    return StandardOutput.writer(
        new OutputStream() {
          @Override
          public void write(int octet) throws IOException {
            throw new IOException(reason);
          }
        });
  }

  private static LostOutputException lost(String reason) {
    return catchThrowableOfType(
        LostOutputException.class, () -> refusing(reason).println("a line"));
  }

  @Test
  void a_line_is_there_at_once_and_in_utf_8() {
    ByteArrayOutputStream taken = new ByteArrayOutputStream();
    StandardOutput.writer(taken).println("naïve");
    assertThat(taken.toString(StandardCharsets.UTF_8)).isEqualTo("naïve" + System.lineSeparator());
  }

  @Test
  void a_full_disk_is_a_fault_that_is_named() {
    LostOutputException lost = lost("No space left on device");
    assertThat(lost).hasMessage("standard output can't be written: No space left on device");
    assertThat(lost.getExitCode()).isEqualTo(ExitCode.INTERNAL.number());
    assertThat(lost.readerGone()).isFalse();
  }

  @Test
  void a_reader_that_has_gone_is_an_interruption() {
    LostOutputException lost = lost("Broken pipe");
    assertThat(lost.readerGone()).isTrue();
    assertThat(lost.getExitCode()).isEqualTo(ExitCode.INTERRUPTED.number());
  }
}
