package dev.repofleet.worker.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RunStateTest {

  @Test
  void readsTheScriptsLine() {
    assertThat(RunState.parse("finished i=2 rc=143 out=12345 age=7\n"))
        .isEqualTo(new RunState(RunState.Kind.FINISHED, 2, 143, 12345, 7));
    assertThat(RunState.parse("none")).isEqualTo(new RunState(RunState.Kind.NONE, -1, -1, 0, 0));
  }

  @Test
  void passesOverFieldsOfALaterScript() {
    assertThat(RunState.parse("running i=0 out=1 mood=3 age=9").age()).isEqualTo(9);
  }

  @Test
  void refusesWhatIsNoState() {
    assertThatThrownBy(() -> RunState.parse("bash: no such file"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bash: no such file");
  }
}
