package dev.repofleet.starter.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.starter.testing.TestProgram;
import org.junit.jupiter.api.Test;

class HoldEventTest {
  @Test
  void its_json_line_has_the_reason_and_the_way_out() {
    assertThat(ArtifactJson.line(new HoldEvent(TestProgram.NOW, "b", "why")))
        .isEqualTo(
            "{\"type\":\"hold\",\"at\":\"2024-05-06T07:08:09Z\",\"batch\":\"b\",\"held\":\"why\","
                + "\"resume\":\"repofleet resume b\"}");
    assertThat(ArtifactJson.line(new HoldEvent(TestProgram.NOW, "b", null)))
        .isEqualTo("{\"type\":\"hold\",\"at\":\"2024-05-06T07:08:09Z\",\"batch\":\"b\"}");
  }

  @Test
  void a_workflow_that_is_named_by_strangers_gets_no_place_in_a_command() {
    assertThat(HoldEvent.sentence("x`; rm -rf ~\u001b[2J", "why\nnow\u202e."))
        .isEqualTo(
            "Batch x`; rm -rf ~[2J is held: why now. Mend that, then `repofleet resume BATCH`.");
  }
}
