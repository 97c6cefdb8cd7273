package dev.repofleet.starter.tty;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class EscapeKeysTest {
  private static String passed(EscapeKeys keys, String typed) {
    StringBuilder all = new StringBuilder();
    for (byte each : typed.getBytes(StandardCharsets.UTF_8)) {
      byte[] part = keys.pass(new byte[] {each, 'x'}, 1);
      all.append(new String(part, StandardCharsets.ISO_8859_1));
    }
    return all.toString();
  }

  @Test
  void a_tilde_and_a_dot_where_a_line_begins_leave() {
    EscapeKeys keys = new EscapeKeys();
    assertThat(passed(keys, "ls\r~.rm")).isEqualTo("ls\r");
    assertThat(keys.left()).isTrue();
    assertThat(passed(new EscapeKeys(), "~.")).isEmpty();
  }

  @Test
  void everything_else_reaches_the_shell() {
    EscapeKeys keys = new EscapeKeys();
    String typed = "cd ~/x\r~/bin/run\rvi ~.\r~~.\r.\r";
    assertThat(passed(keys, typed)).isEqualTo("cd ~/x\r~/bin/run\rvi ~.\r~.\r.\r");
    assertThat(keys.left()).isFalse();
  }
}
