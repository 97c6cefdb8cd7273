package dev.repofleet.e2b.local.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DefaultSignalsTest {
  private static String ignoring(String mask) {
    return "Name:\tjava\nSigBlk:\t0000000000000000\nSigIgn:\t"
        + mask
        + "\nSigCgt:\t0000000000000007";
  }

  @Test
  void aServerThatIgnoresSignalsOfATerminalGivesThemBack() {
    for (String mask : new String[] {"0000000000000001", "0000000000000002", "ffffffff00000004"}) {
      assertThat(DefaultSignals.words(ignoring(mask)))
          .hasSize(2)
          .contains("--default-signal=HUP,INT,QUIT");
    }
  }

  @Test
  void othersHaveNothingToGiveBack() {
    assertThat(DefaultSignals.words(ignoring("0000000000001000"))).isEmpty();
    assertThat(DefaultSignals.words("")).isEmpty();
  }
}
