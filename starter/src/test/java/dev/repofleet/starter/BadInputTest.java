package dev.repofleet.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.target.CanonicalTarget;
import dev.repofleet.artifacts.target.ManifestWriter;
import dev.repofleet.artifacts.target.TargetKey;
import dev.repofleet.artifacts.target.TargetParser;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.artifacts.target.TargetSpec;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.testing.GitRepository;
import dev.repofleet.starter.testing.TestProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ends before anything starts: the exit code, one sentence on stderr, nothing on stdout. */
class BadInputTest {
  @TempDir Path folder = Path.of("");

  private TestProgram program = new TestProgram(folder);

  @BeforeEach
  void inTheFolder() {
    program = new TestProgram(folder);
  }

  private void refused(int exit, String sentence, String... arguments) {
    TestProgram.Outcome outcome = program.run(arguments);
    assertThat(outcome.err()).contains(sentence).doesNotContain("Exception", "\tat ");
    assertThat(outcome.exit()).isEqualTo(exit);
    assertThat(outcome.out()).isEmpty();
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void a_review_of_nothing_is_refused() {
    refused(2, "no target is named: write URLs, owner/name or paths, or -f FILE", "review");
  }

  @Test
  void an_empty_list_is_refused() throws IOException {
    write("list.txt", "# nothing yet\n\n");
    refused(2, "the list list.txt has no target: write one a line", "review", "-f", "list.txt");
  }

  @Test
  void an_empty_standard_input_is_refused() {
    refused(2, "the list standard input has no target", "review", "-f", "-");
  }

  @Test
  void a_list_that_is_not_there_is_refused() {
    refused(2, "there is no file absent.txt for -f", "review", "-f", "absent.txt");
  }

  @Test
  void malformed_targets_of_a_list_are_told_with_their_lines() throws IOException {
    write("list.txt", "owner/name\n# a comment\n\nfile:///etc\nhttps://host/\n");
    TestProgram.Outcome outcome = program.run("review", "-f", "list.txt");
    assertThat(outcome.exit()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("list.txt:4: target 'file:///etc' is refused")
        .contains("list.txt:5: target 'https://host/' is refused");
  }

  @Test
  void a_filter_that_is_no_expression_or_leaves_nothing_is_refused() {
    refused(
        2,
        "--include 'a)b' is no regular expression: Unmatched closing ')' at character",
        "review",
        "--include",
        "a)b",
        "o/r");
    refused(
        2, "--include and --exclude leave no target", "review", "--exclude", "o/", "o/r", "o/s");
  }

  @Test
  void a_column_that_is_not_there_is_refused_with_the_nearest() throws IOException {
    write("list.csv", "url,promt\no/r,x\n");
    refused(
        2,
        "list.csv:1: there is no column 'promt', did you mean 'prompt'? columns are url, ref",
        "review",
        "--skip-invalid",
        "-f",
        "list.csv");
  }

  @Test
  void targets_that_are_all_invalid_are_refused_although_they_may_be_skipped() {
    refused(2, "target 'x y' is refused", "review", "--skip-invalid", "x y");
  }

  @Test
  void a_token_in_a_url_is_refused_and_not_repeated() {
    TestProgram.Outcome outcome = program.run("review", "https://x:s3cr3t@host.example/o/r");
    assertThat(outcome.exit()).isEqualTo(2);
    assertThat(outcome.err()).contains("give the token to the worker").doesNotContain("s3cr3t");
  }

  @Test
  void a_path_that_is_not_a_repository_is_refused() throws IOException {
    Files.createDirectory(folder.resolve("plain"));
    refused(2, "'./plain' is not a Git repository: run `git init`", "review", "./plain");
  }

  @Test
  void a_path_that_is_not_there_is_refused() {
    refused(2, "'./absent' is not there: no such folder", "review", "./absent");
  }

  @Test
  void a_folder_inside_a_repository_is_refused_with_the_way_to_write_it() {
    GitRepository.init(folder.resolve("app")).write("sub/a", "b").commit("first");
    refused(2, "app#sub", "review", "app/sub");
  }

  @Test
  void a_place_for_a_fact_that_is_none_is_refused_with_its_place_and_the_nearest()
      throws IOException {
    write("plan.yaml", "prompt: |\n  Look\n  at {{repositry}}.\n");
    refused(
        2,
        "plan.yaml:1:1: 'prompt', line 2: there is no fact {{repositry}}, did you mean"
            + " {{repository}}? known are repository, ref, commit, subpath, languages, files, size;"
            + " write {{{{ for the braces themselves",
        "review",
        "--plan",
        "plan.yaml",
        "o/r");
  }

  @Test
  void an_unknown_plan_is_refused_with_the_nearest_preset() {
    refused(2, "did you mean the preset 'security'?", "review", "--plan", "securty", "o/r");
    refused(
        2,
        "did you mean the preset 'dependencies'? presets are security, quality, dependencies,"
            + " explain; or name a file",
        "review",
        "--plan",
        "dependancies",
        "o/r");
    refused(2, "there is no plan 'zzz', neither", "review", "--plan", "zzz", "o/r");
  }

  @Test
  void an_unknown_key_of_a_plan_is_refused_with_its_place_and_the_nearest_key() throws IOException {
    write("plan.yaml", "name: mine\nprompts: x\n");
    refused(
        2,
        "plan.yaml:2:1: unknown key 'prompts' in the plan: did you mean 'prompt'?",
        "review",
        "--plan",
        "plan.yaml",
        "o/r");
  }

  @Test
  void a_schema_that_is_not_json_schema_is_refused() throws IOException {
    write("schema.json", "{\"type\": \"objekt\"}");
    write("plan.yaml", "prompt: x\nfindings: schema.json\n");
    refused(2, "schema.json is not JSON Schema: /type:", "review", "--plan", "plan.yaml", "o/r");
  }

  @Test
  void no_temporal_is_told_with_the_ways_out() {
    refused(
        5,
        "Temporal does not answer at 127.0.0.1:1",
        "review",
        "--agent",
        "rehearsal",
        "https://git.example/o/r");
    refused(5, "add --local", "status");
    refused(5, "set TEMPORAL_ADDRESS", "cancel", "some-batch");
  }

  @Test
  void a_local_review_without_a_model_names_the_rehearsal() {
    refused(5, "--agent rehearsal", "review", "--local", "o/r");
  }

  @Test
  void an_unknown_agent_is_refused() {
    refused(2, "no agent is named \"codex\"", "review", "--agent", "codex", "o/r");
    program.with("REPOFLEET_AGENT", "codex");
    refused(2, "no agent is named \"codex\"", "review", "o/r");
  }

  @Test
  void a_batch_id_of_another_form_is_refused() {
    refused(2, "batch id \"Mine!\" is not usable", "review", "--batch", "Mine!", "o/r");
  }

  @Test
  void a_concurrency_out_of_bounds_is_refused() {
    refused(2, "--concurrency is 1 to 500, not 0", "review", "--concurrency", "0", "o/r");
    refused(2, "--concurrency is 1 to 500, not 501", "review", "--concurrency", "501", "o/r");
    refused(2, "'x' is not an int", "review", "--concurrency", "x", "o/r");
  }

  @Test
  void options_that_do_not_go_together_are_refused() {
    refused(2, "--detach and --local don't go together", "review", "--detach", "--local", "o/r");
    refused(2, "--detach and --out don't go together", "review", "--detach", "--out", "x", "o/r");
    refused(2, "--data belongs to --local", "review", "--data", "x", "o/r");
    refused(2, "--dry-run and --detach don't go", "review", "--dry-run", "--detach", "o/r");
    refused(2, "--dry-run and --out don't go", "review", "--dry-run", "--out", "x", "o/r");
    refused(2, "--dry-run and --batch don't go", "review", "--dry-run", "--batch", "b", "o/r");
  }

  @Test
  void a_folder_with_other_files_is_not_written_to() throws IOException {
    Files.createDirectory(folder.resolve("full"));
    write("full/notes.txt", "mine");
    refused(2, "--out full holds other files", "review", "--out", "full", "o/r");
    write("file", "");
    refused(2, "--out file is a file", "review", "--out", "file", "o/r");
  }

  @Test
  void verbs_on_a_target_refuse_what_can_not_be_meant() {
    for (String verb : new String[] {"logs", "approve", "reject"}) {
      refused(2, "Missing required parameter", verb, "some-batch");
      refused(2, "batch id \"No!\" is not usable", verb, "No!", "o/r");
      refused(5, "Temporal does not answer at 127.0.0.1:1", verb, "some-batch", "o/r");
    }
    refused(
        2,
        "follow-up needs TARGET and PROMPT, or --finding FINDING --across PROMPT",
        "follow-up",
        "some-batch",
        "o/r");
    refused(5, "Temporal does not answer", "follow-up", "some-batch", "o/r", "Fix it.");
    refused(
        2, "Missing required argument(s): --finding", "follow-up", "some-batch", "--across", "Q?");
    refused(
        2,
        "leave 'o/r' out",
        "follow-up",
        "some-batch",
        "o/r",
        "--finding",
        "abcdef",
        "--across",
        "Q?");
    manifest("some-batch", "o/r");
    refused(2, "'x' is no finding", "follow-up", "some-batch", "--finding", "x", "--across", "Q?");
    refused(
        2,
        "has no finding abcdef",
        "follow-up",
        "some-batch",
        "--finding",
        "abcdef",
        "--across",
        "Q?");
  }

  @Test
  void a_prompt_that_is_empty_or_too_long_is_refused() {
    refused(2, "the prompt is empty", "follow-up", "some-batch", "o/r", " ");
    refused(2, "the prompt is empty", "follow-up", "some-batch", "o/r", "-");
    program.reading("x".repeat((256 << 10) + 1));
    refused(2, "the prompt is longer than 256 KiB", "follow-up", "some-batch", "o/r", "-");
    program.reading("x".repeat(256 << 10));
    refused(5, "Temporal does not answer", "follow-up", "some-batch", "o/r", "-");
  }

  @Test
  void an_unknown_target_of_a_known_batch_is_refused_without_a_server() {
    manifest("some-batch", "acme/billing");
    for (String verb : new String[] {"logs", "approve", "reject"}) {
      refused(2, "did you mean 'acme/billing'?", verb, "some-batch", "acme/biling");
    }
    refused(2, "did you mean", "follow-up", "some-batch", "acme/biling", "Fix it.");
    refused(5, "Temporal does not answer", "approve", "some-batch", "acme/billing");
    refused(5, "Temporal does not answer", "logs", "some-batch", "billing");
  }

  private void manifest(String batch, String target) {
    ArtifactStore store = ArtifactStores.open(folder.resolve("data/artifacts").toString());
    TargetSpec spec = new TargetParser(path -> false).parse(target);
    CanonicalTarget canonical = CanonicalTarget.ofUrl(spec.url());
    try (ManifestWriter writer = new ManifestWriter(store, batch)) {
      writer.add(TargetRow.git(0, TargetKey.of(canonical, null, null), spec, canonical));
      writer.finish();
    }
  }

  @Test
  void an_unknown_option_or_verb_names_the_help() {
    refused(2, "See `repofleet review --help`.", "review", "--pln", "x", "o/r");
    refused(2, "did you mean 'review'?", "revew");
    refused(2, "See `repofleet --help`.", "revew");
  }

  @Test
  void no_verb_prints_the_help_as_talk() {
    refused(2, "Usage: repofleet", new String[0]);
  }

  @Test
  void help_and_version_are_data() {
    for (String verb :
        new String[] {"review", "status", "cancel", "logs", "approve", "reject", "follow-up"}) {
      TestProgram.Outcome help = program.run(verb, "--help");
      assertThat(help.exit()).isZero();
      assertThat(help.err()).isEmpty();
      assertThat(help.out()).contains("Usage: repofleet " + verb, "Example");
    }
    assertThat(program.run("--version").out()).startsWith("RepoFleet ");
    assertThat(program.run("review", "--version").out()).startsWith("RepoFleet ");
  }

  @Test
  void a_stack_that_can_not_be_had_ends_with_its_code_and_sentence() {
    program.starting(
        (options, talk) -> {
          throw CommandException.unreachable("no Temporal can be had here", null);
        });
    refused(5, "no Temporal can be had here", "review", "--local", "--agent", "rehearsal", "o/r");
  }

  @Test
  void a_fault_of_the_program_is_one_line_unless_asked_for_more() {
    program.starting(
        (options, talk) -> {
          throw new IllegalStateException("broken");
        });
    String[] arguments = {"review", "--local", "--agent", "rehearsal", "o/r"};
    TestProgram.Outcome brief = program.run(arguments);
    assertThat(brief.exit()).isEqualTo(1);
    assertThat(brief.err()).contains("an internal error", "broken").doesNotContain("\tat ");
    assertThat(program.with("REPOFLEET_DEBUG", "1").run(arguments).err()).contains("\tat ");
  }

  @Test
  void a_command_that_is_not_there_is_answered_with_the_nearest() {
    refused(2, "repofleet has no command 'stauts': did you mean 'status'?", "stauts");
    refused(2, "repofleet has no command 'xyzzy': there are review, status", "xyzzy");
  }

  @Test
  void an_option_that_is_not_there_is_answered_with_the_nearest() {
    refused(
        2, "repofleet review has no option '--paln': did you mean '--plan'?", "review", "--paln");
    refused(2, "'--budget': did you mean '--budget-usd'?", "review", "--budget", "5");
  }

  @Test
  void an_argument_too_many_is_named() {
    refused(2, "'more' is one argument too many for repofleet status", "status", "one", "more");
  }

  @Test
  void what_can_be_no_batch_is_told_before_anybody_is_asked() {
    refused(2, "batch id \"BAD!\" is not usable", "status", "BAD!");
    refused(2, "batch id \"BAD!\" is not usable", "watch", "BAD!");
    refused(2, "--published is about one batch: name it", "status", "--published");
  }

  /** As one with letters beyond ASCII is none in the locale of most cron jobs. */
  @Test
  void a_name_that_no_file_can_have_is_told_with_the_way_out() {
    refused(
        2,
        "can't be the name of a file here: Nul character not allowed; where it is for its letters,"
            + " set LC_ALL=C.UTF-8",
        "report",
        "some-batch",
        "--out",
        "a\0b");
  }

  @Test
  void a_number_of_batches_that_is_none_is_refused() {
    refused(2, "--limit 0 is not from 1 to 100000", "list", "--limit", "0");
  }

  @Test
  void an_address_that_is_none_is_refused_with_the_way_to_write_it() {
    for (String address : List.of("nohost", "https://x.example:7233", "a b", ":7233", "h:99999")) {
      program = new TestProgram(folder).with("TEMPORAL_ADDRESS", address);
      refused(5, "TEMPORAL_ADDRESS is '" + address + "': write it as HOST:PORT", "list");
    }
  }
}
