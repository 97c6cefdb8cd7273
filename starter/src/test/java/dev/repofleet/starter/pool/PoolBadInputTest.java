package dev.repofleet.starter.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.starter.testing.TestProgram;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused before a server is asked; nobody listens where the program looks for one. */
class PoolBadInputTest {
  @TempDir Path folder = Path.of("");

  private TestProgram.Outcome set(String... options) {
    List<String> words = new ArrayList<>(List.of("pool", "set"));
    words.addAll(List.of(options));
    return new TestProgram(folder).run(words.toArray(String[]::new));
  }

  private static void refused(TestProgram.Outcome outcome, String... says) {
    assertThat(outcome.exit()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).contains(says);
  }

  @Test
  void a_value_out_of_its_bounds_is_refused_with_option_and_bounds() {
    refused(set("--maximum", "0"), "--maximum 0", "1 to 10000");
    refused(set("--maximum", "10001"), "--maximum 10001", "1 to 10000");
    refused(set("--create-rate", "0.01"), "--create-rate 0.01", "0.1 to 1000 a second");
    refused(set("--create-rate", "NaN"), "--create-rate NaN", "0.1 to 1000 a second");
    refused(set("--create-rate", "Infinity"), "--create-rate", "0.1 to 1000 a second");
    refused(set("--max-paused", "-1"), "--max-paused -1", "0 to 10000");
    refused(set("--minimum-idle", "claude=1001"), "--minimum-idle claude=1001", "0 to 1000");
    refused(set("--minimum-idle", "claude=-1"), "--minimum-idle claude=-1", "0 to 1000");
    refused(set("--max-lifetime", "59s"), "--max-lifetime 59s", "1 minute to 1 day");
    refused(set("--idle-timeout", "2d"), "--idle-timeout 2d", "1 minute to 1 day");
  }

  @Test
  void the_option_that_is_wrong_is_named_beside_right_ones() {
    refused(set("--maximum", "5", "--max-paused", "99999"), "--max-paused 99999");
  }

  @Test
  void what_can_not_be_read_is_refused_with_its_form() {
    refused(set("--maximum", "many"), "--maximum");
    refused(set("--minimum-idle", "claude"), "TEMPLATE=N");
    refused(set("--minimum-idle", "=3"), "TEMPLATE=N");
    refused(set("--minimum-idle", "a b=3"), "TEMPLATE=N");
    refused(set("--minimum-idle", "claude=1", "claude=2"), "twice");
    refused(set("--max-lifetime", "soon"), "--max-lifetime", "90s, 45m or 1h30m");
    refused(set("--idle", "asleep"), "--idle is running or paused, not 'asleep'");
    refused(set("--reuse", "batch"), "--reuse is none or repository, not 'batch'");
  }

  @Test
  void nothing_to_set_is_wrong_use() {
    refused(set(), "nothing to set", "repofleet pool show");
    refused(set("--json"), "nothing to set");
    refused(set("--fleet", "staging"), "nothing to set");
  }

  @Test
  void a_name_that_no_fleet_can_have_is_refused_wherever_it_comes_from() {
    for (String verb : List.of("pool show", "pool rebuild", "workers", "sandboxes list", "list")) {
      List<String> words = new ArrayList<>(List.of(verb.split(" ")));
      words.addAll(List.of("--fleet", "Staging\u001b[31m"));
      TestProgram.Outcome outcome = new TestProgram(folder).run(words.toArray(String[]::new));
      refused(outcome, "--fleet: fleet name \"Staging", "a-z, 0-9 and '-'");
      assertThat(outcome.err()).doesNotContain("\u001b");
    }
    refused(
        new TestProgram(folder).with("REPOFLEET_FLEET", "no fleet").run("pool", "show"),
        "REPOFLEET_FLEET: fleet name \"no fleet\"");
  }

  @Test
  void a_fleet_whose_queue_would_be_that_of_another_ones_runs_is_refused() {
    refused(new TestProgram(folder).run("workers", "--fleet", "a-run"), "ends in -run");
  }

  @Test
  void the_group_alone_prints_its_help() {
    refused(new TestProgram(folder).run("pool"), "show", "set", "rebuild");
  }

  @Test
  void without_temporal_every_verb_says_so() {
    for (String verb : List.of("show", "rebuild")) {
      TestProgram.Outcome outcome = new TestProgram(folder).run("pool", verb);
      assertThat(outcome.exit()).isEqualTo(5);
      assertThat(outcome.err()).contains("Temporal does not answer at 127.0.0.1:1");
    }
    assertThat(set("--maximum", "5").exit()).isEqualTo(5);
    assertThat(new TestProgram(folder).run("resume", "b").exit()).isEqualTo(5);
  }

  @Test
  void completion_offers_the_words_of_idle_and_reuse() {
    TestProgram.Outcome help = new TestProgram(folder).run("pool", "set", "--help");
    assertThat(help.out()).contains("--idle", "running or paused", "none or repository");
  }

  @Test
  void resume_refuses_an_id_that_none_can_have() {
    TestProgram.Outcome outcome = new TestProgram(folder).run("resume", "no\u202ebatch");
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.exit()).isIn(2, 5);
    assertThat(outcome.err()).doesNotContain("\u202e");
  }
}
