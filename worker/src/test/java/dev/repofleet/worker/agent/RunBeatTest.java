package dev.repofleet.worker.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.workflows.activities.agent.RunSeen;
import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import org.junit.jupiter.api.Test;

class RunBeatTest {
  @Test
  void those_who_look_on_read_messages_and_cost_in_the_heartbeat() {
    RunProgress progress =
        new RunProgress(0, 100, 0, 7, 10, 20, 30, 40, 0.25, 5, 6, 0, 60, 59, false);
    DataConverter converter = DefaultDataConverter.STANDARD_INSTANCE;
    Payload beat =
        converter.toPayload(new RunBeat(progress, new LiveEvents.Position(0, 90, 5))).orElseThrow();
    assertThat(converter.fromPayload(beat, RunSeen.class, RunSeen.class))
        .isEqualTo(new RunSeen(new RunSeen.Numbers(7, 0.25)));
  }
}
