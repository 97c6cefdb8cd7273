package dev.repofleet.starter.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.starter.testing.TestProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused before a server is asked; nobody listens where the program looks for one. */
class ScheduleBadInputTest {
  @TempDir Path folder = Path.of("");

  private TestProgram.Outcome create(String... words) {
    List<String> all = new ArrayList<>(List.of("schedule", "create"));
    all.addAll(List.of(words));
    return new TestProgram(folder).run(all.toArray(String[]::new));
  }

  private static void refused(TestProgram.Outcome outcome, String... says) {
    assertThat(outcome.exit()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).contains(says);
  }

  @Test
  void when_it_is_due_is_said_once() {
    refused(create("nightly", "acme/app"), "when is it due?", "--cron '30 3", "--every 12h");
    refused(
        create("nightly", "acme/app", "--cron", "0 3 * * *", "--every", "1h"),
        "--cron and --every don't go together");
    refused(
        create("nightly", "acme/app", "--every", "1h", "--time-zone", "UTC"),
        "--time-zone belongs to --cron");
  }

  @Test
  void the_field_of_a_cron_expression_is_named() {
    refused(
        create("nightly", "acme/app", "--cron", "0 3 * * *", "--cron", "61 3 * * *"),
        "--cron '61 3 * * *': minute '61': it is from 0 to 59");
  }

  @Test
  void options_that_can_not_be_read_are_named_with_what_there_is() {
    refused(create("nightly", "acme/app", "--every", "soon"), "--every", "90s, 45m or 1h30m");
    refused(
        create("nightly", "acme/app", "--every", "1h", "--overlap", "skipp"),
        "--overlap 'skipp' is none: did you mean 'skip'?");
    refused(
        create("nightly", "acme/app", "--every", "1h", "--overlap", "never"),
        "there are skip, buffer-one, buffer-all, cancel-other, terminate-other, allow-all");
    refused(
        create("nightly", "acme/app", "--every", "1h", "--catch-up", "9s"),
        "--catch-up 9s is too short: the server takes 10s or more");
    refused(
        create("nightly", "acme/app", "--cron", "@daily", "--time-zone", "Europe/Berln"),
        "--time-zone 'Europe/Berln' is not known: did you mean 'Europe/Berlin'?");
    refused(
        create("nightly", "acme/app", "--cron", "@daily", "--time-zone", "+02:00"),
        "--time-zone '+02:00' is not known");
  }

  @Test
  void names_are_such_that_their_batches_have_usable_ids() {
    refused(create("Nightly", "acme/app", "--every", "1h"), "1 to 47 of a-z");
    refused(create("n".repeat(48), "acme/app", "--every", "1h"), "1 to 47 of a-z");
    for (String verb : List.of("pause", "resume", "delete")) {
      refused(new TestProgram(folder).run("schedule", verb, "a/b"), "schedule name \"a/b\"");
    }
  }

  @Test
  void a_path_is_refused_with_the_reason() throws Exception {
    Files.createDirectory(folder.resolve("app"));
    refused(
        create("nightly", "./app", "--every", "1h"),
        "'./app' is a path: a path is sent once",
        "name the URL");
  }

  @Test
  void plan_and_limits_are_checked_as_with_review() {
    refused(create("nightly", "acme/app", "--every", "1h", "--plan", "securty"), "security");
    refused(
        create("nightly", "acme/app", "--every", "1h", "--budget-usd", "0.1"),
        "--budget-usd 0.10 starts nothing");
    refused(create("nightly", "acme/app", "--every", "1h", "--concurrency", "0"), "1 to 500");
    refused(create("nightly", "--every", "1h"), "no target is named");
  }

  @Test
  void without_a_server_nothing_is_written() {
    TestProgram.Outcome outcome = create("nightly", "acme/app", "--every", "1h");

    assertThat(outcome.exit()).isEqualTo(5);
    assertThat(outcome.err()).contains("Temporal does not answer at 127.0.0.1:1");
    assertThat(folder.resolve("data")).doesNotExist();
    for (String verb : List.of("pause", "resume", "delete")) {
      assertThat(new TestProgram(folder).run("schedule", verb, "nightly").exit()).isEqualTo(5);
    }
    assertThat(new TestProgram(folder).run("schedule", "list").exit()).isEqualTo(5);
  }

  @Test
  void the_group_alone_prints_its_help() {
    TestProgram.Outcome outcome = new TestProgram(folder).run("schedule");

    assertThat(outcome.exit()).isEqualTo(2);
    assertThat(outcome.err()).contains("create", "list", "pause", "resume", "delete");
  }
}
