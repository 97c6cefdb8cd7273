package dev.repofleet.starter.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.workflows.Fleet;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class BatchIdTest {
  @RepeatedTest(20)
  void an_id_is_the_time_in_utc_and_four_letters() {
    Clock clock = Clock.fixed(TestProgram.NOW, ZoneId.of("Asia/Tokyo"));
    String id = BatchId.make(clock, new Random());
    assertThat(id).matches("20240506-070809-[a-z2-9]{4}");
    assertThat(Fleet.DEFAULT.requireBatch(id)).isEqualTo(id);
  }

  @Test
  void an_id_of_another_fleet_gets_its_prefix_and_that_is_said_once() {
    Fleet staging = new Fleet("staging");
    List<String> said = new ArrayList<>();
    assertThat(BatchId.of("Batch", staging, "nightly", said::add)).isEqualTo("staging.nightly");
    assertThat(said).containsExactly("Batch nightly of fleet staging has the id staging.nightly.");
    assertThat(BatchId.of("Batch", staging, "staging.nightly", said::add))
        .isEqualTo("staging.nightly");
    assertThat(BatchId.of("Batch", Fleet.DEFAULT, "staging.nightly", said::add))
        .isEqualTo("staging.nightly");
    assertThat(said).hasSize(1);
    assertThat(BatchId.of("Batch", staging, "a\u001b[2Jb", said::add)).startsWith("staging.");
    assertThat(said.get(1)).doesNotContain("\u001b");
  }
}
