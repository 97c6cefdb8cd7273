package dev.repofleet.starter.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.starter.embedded.SeparateTemporal;
import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.client.encryption.EncryptionKeys;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Schedules that were written with another key than the present one, on a real server. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class EncryptedScheduleIT {
  private static final String OLD = "old:" + key(1);
  private static final String NEW = "new:" + key(2);

  @TempDir static Path folder = Path.of("");

  private static SeparateTemporal temporal;

  @BeforeAll
  static void start() {
    temporal = SeparateTemporal.start(folder);
  }

  @AfterAll
  static void stop() {
    temporal.close();
  }

  private static String key(int first) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) first;
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static TestProgram.Outcome run(String keys, String... command) {
    TestProgram program = new TestProgram(folder).with(EncryptionKeys.VARIABLE, keys);
    temporal.environment().forEach(program::with);
    return program.run(command);
  }

  private static String schedule(String keys, String... words) {
    String[] all = new String[words.length + 1];
    all[0] = "schedule";
    System.arraycopy(words, 0, all, 1, words.length);
    TestProgram.Outcome outcome = run(keys, all);
    assertThat(outcome.exit()).as("%s: %s", String.join(" ", all), outcome.err()).isZero();
    return outcome.out() + outcome.err();
  }

  private static void create(String keys, String name) {
    schedule(keys, "create", name, "owner/name", "--agent", "rehearsal", "--every", "10d");
  }

  private static List<ScheduleKeys.Other> others(String keys) {
    Map<String, String> environment = new HashMap<>(temporal.environment());
    environment.put(EncryptionKeys.VARIABLE, keys);
    try (TemporalConnection connection = TemporalConnection.open(environment)) {
      return new ScheduleKeys(connection).others(Fleet.DEFAULT);
    }
  }

  @Test
  void one_that_can_not_be_read_is_told_beside_the_others_until_it_is_encrypted_anew() {
    create("", "plain");
    create(OLD, "turned");
    create(NEW, "young");
    Waiting.until(
        "all are listed",
        Waiting.LONG,
        () -> {
          String list = run(NEW + "," + OLD, "schedule", "list").out();
          return list.contains("plain") && list.contains("turned") && list.contains("young");
        });

    assertThat(schedule(NEW, "list"))
        .contains("plain\n", "young\n", "Schedule turned can't be read: ", "key 'old'")
        .doesNotContain("turned\n", "not made by this program");
    assertThat(others(NEW))
        .containsExactly(
            new ScheduleKeys.Other("plain", "no key", true),
            new ScheduleKeys.Other("turned", "key 'old'", false));
    assertThat(run(NEW, "schedule", "pause", "turned").exit()).isZero();
    TestProgram.Outcome refused = run(NEW, "schedule", "resume", "turned");
    assertThat(refused.err()).contains("encrypted with key 'old'");
    assertThat(refused.exit()).isEqualTo(5);

    schedule(NEW + "," + OLD, "resume", "turned");
    schedule(NEW, "pause", "plain");
    assertThat(schedule(NEW, "resume", "plain")).contains("encrypted with key 'new' from now on");
    assertThat(others(NEW)).isEmpty();
    assertThat(schedule(NEW, "list"))
        .contains("plain\n", "turned\n", "young\n", "1 repository, plan security", "every 10d")
        .doesNotContain("can't be read");
    Path owner = folder.resolve("data/artifacts/schedules/turned/owner.json");
    assertThat(owner).exists();
    schedule("", "delete", "turned");
    assertThat(owner).doesNotExist();
  }
}
