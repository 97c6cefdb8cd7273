package dev.repofleet.starter.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class ShellLinesTest {
  @Test
  void quotesOnlyWhatAShellWouldTakeApart() {
    assertThat(ShellLines.exports(Map.of("A", "http://127.0.0.1:3000")))
        .containsExactly("export A=http://127.0.0.1:3000");
    assertThat(ShellLines.exports(Map.of("A", "it's $HOME")))
        .containsExactly("export A='it'\\''s $HOME'");
    assertThat(ShellLines.word("/home/ann/my fleet")).isEqualTo("'/home/ann/my fleet'");
    assertThat(ShellLines.word("")).isEqualTo("''");
  }
}
