package dev.repofleet.starter.tty;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TerminalModesTest {
  private static final String EDITOR = "\u001b[?1049h\u001b[?1;2004h\u001b[?25l text \u001b[31m";

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String undo(TerminalModes modes) {
    return new String(modes.undo(), StandardCharsets.UTF_8);
  }

  @Test
  void undoes_what_is_left_switched_wherever_it_was_split() {
    byte[] all = bytes(EDITOR);
    for (int split = 0; split <= all.length; split++) {
      TerminalModes modes = new TerminalModes();
      modes.see(Arrays.copyOf(all, split));
      modes.see(Arrays.copyOfRange(all, split, all.length));
      assertThat(undo(modes))
          .as("split at %d", split)
          .isEqualTo("\u001b[?1l\u001b[?25h\u001b[?1049l\u001b[?2004l\u001b[0m\u001b>");
      assertThat(modes.undo()).as("a second time").isEmpty();
    }
  }

  @Test
  void a_program_that_tidies_up_leaves_nothing_to_do() {
    TerminalModes modes = new TerminalModes();
    modes.see(bytes(EDITOR + "\u001b[?25h\u001b[?2004l\u001b[?1l\u001b[?1049l"));
    assertThat(modes.undo()).isEmpty();
  }

  @Test
  void other_sequences_and_endless_ones_are_passed_over() {
    TerminalModes modes = new TerminalModes();
    modes.see(bytes("\u001b[?12h\u001b[4h\u001b]0;title?25l\u0007\u001b\u001b[?1x\u001b[?;;h"));
    modes.see(bytes("\u001b[?" + "1;".repeat(500) + "h\u001b[?99999999999h"));
    assertThat(modes.undo()).isEmpty();
  }
}
