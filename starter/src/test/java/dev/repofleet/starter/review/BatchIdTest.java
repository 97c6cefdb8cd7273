package dev.repofleet.starter.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.workflows.Fleet;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;

class BatchIdTest {
  @RepeatedTest(20)
  void an_id_is_the_time_in_utc_and_four_letters() {
    Clock clock = Clock.fixed(TestProgram.NOW, ZoneId.of("Asia/Tokyo"));
    String id = BatchId.make(clock, new Random());
    assertThat(id).matches("20240506-070809-[a-z2-9]{4}");
    assertThat(Fleet.DEFAULT.requireBatch(id)).isEqualTo(id);
  }
}
