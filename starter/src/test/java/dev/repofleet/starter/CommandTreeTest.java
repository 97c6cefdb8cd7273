package dev.repofleet.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.starter.plan.PlanLoader;
import dev.repofleet.starter.report.ReportFormat;
import dev.repofleet.starter.testing.TestProgram;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** docs/cli.md and the program say the same. */
class CommandTreeTest {
  private static final Path PAGE = Path.of("..", "docs", "cli.md");
  private static final Pattern ROW = Pattern.compile("\\| `([a-z]+(?:[ -][a-z]+)*)([^`]*)` \\|.*");
  private static final Pattern OPTION = Pattern.compile("(?<![\\w-])(--?[a-z][a-z-]*)");

  /** Each command's options, as the page's first table has them. */
  private static Map<String, List<String>> documented() throws IOException {
    Map<String, List<String>> commands = new TreeMap<>();
    for (String line : Files.readAllLines(PAGE)) {
      if (line.startsWith("## ")) {
        break;
      }
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        List<String> options = new ArrayList<>();
        OPTION.matcher(row.group(2)).results().forEach(found -> options.add(found.group(1)));
        commands.put(row.group(1), options);
      }
    }
    return commands;
  }

  /** Each command that does something, with its options but help and version. */
  private static Map<String, List<OptionSpec>> implemented() {
    Map<String, List<OptionSpec>> commands = new TreeMap<>();
    CommandLine root = RepoFleet.program(new TestProgram(Path.of("").toAbsolutePath()).context());
    collect("", root, commands);
    return commands;
  }

  private static void collect(
      String path, CommandLine command, Map<String, List<OptionSpec>> commands) {
    if (command.getSubcommands().isEmpty()) {
      commands.put(
          path.strip(),
          command.getCommandSpec().options().stream()
              .filter(option -> !option.usageHelp() && !option.versionHelp() && !option.hidden())
              .toList());
    }
    command.getSubcommands().forEach((name, sub) -> collect(path + " " + name, sub, commands));
  }

  @Test
  void the_page_lists_the_commands_there_are() throws IOException {
    assertThat(documented().keySet()).isEqualTo(implemented().keySet());
  }

  @Test
  void the_page_lists_the_options_there_are() throws IOException {
    Map<String, List<String>> documented = documented();
    implemented()
        .forEach(
            (command, options) -> {
              List<String> page = documented.getOrDefault(command, List.of());
              for (OptionSpec option : options) {
                assertThat(List.of(option.names()))
                    .as("%s %s in %s", command, option.longestName(), PAGE)
                    .anyMatch(page::contains);
              }
              assertThat(options.stream().flatMap(option -> List.of(option.names()).stream()))
                  .as("options of %s", command)
                  .containsAll(page);
            });
  }

  @Test
  void help_and_completion_name_every_preset() {
    OptionSpec plan =
        implemented().getOrDefault("review", List.of()).stream()
            .filter(option -> option.longestName().equals("--plan"))
            .findFirst()
            .orElseThrow();
    assertThat(plan.completionCandidates()).containsExactlyElementsOf(PlanLoader.PRESETS);
    assertThat(new TestProgram(Path.of("").toAbsolutePath()).run("review", "--help").out())
        .contains("(security, quality, dependencies, explain)");
  }

  @Test
  void help_and_page_name_every_format_of_a_report() throws IOException {
    String row =
        Files.readAllLines(PAGE).stream()
            .filter(line -> line.startsWith("| `report "))
            .findFirst()
            .orElseThrow();
    String help = answer("report", "--help");
    for (ReportFormat format : ReportFormat.values()) {
      assertThat(row).containsPattern("[ |]" + format.word() + "[\\\\\\]]");
      assertThat(help).containsPattern("[ ]" + format.word() + "[ ,]");
    }
  }

  @Test
  void every_command_answers_to_help_and_version() {
    for (String command : implemented().keySet()) {
      assertThat(answer(command, "--help")).contains("Usage: repofleet " + command);
      assertThat(answer(command, "--version")).contains("RepoFleet ");
    }
  }

  @Test
  void completion_knows_commands_and_options_and_offers_files_elsewhere() throws Exception {
    CommandLine line = RepoFleet.program(new TestProgram(Path.of("").toAbsolutePath()).context());
    StringWriter script = new StringWriter();
    line.setOut(new PrintWriter(script, true));
    assertThat(line.execute("generate-completion")).isZero();
    assertThat(completed(script.toString(), "stat")).contains("status");
    assertThat(completed(script.toString(), "review", "--conc")).contains("--concurrency");
    // Nothing of its own: bash goes on with files, as `complete -o default` says.
    assertThat(completed(script.toString(), "review", "po")).isBlank();
    assertThat(script.toString()).contains("-o default repofleet").doesNotContain("+o default");
  }

  private static String completed(String script, String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", "-c"));
    command.add(
        script
            + "\nCOMP_WORDS=(repofleet \"$@\"); COMP_CWORD=$#; COMP_LINE=\"${COMP_WORDS[*]}\""
            + "\n_complete_repofleet; echo \"${COMPREPLY[@]}\"");
    command.add("bash");
    command.addAll(List.of(words));
    Process bash =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String answer = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor()).isZero();
    return answer;
  }

  @Test
  void the_help_of_every_command_has_an_example() {
    for (String command : implemented().keySet()) {
      String help = answer(command, "--help");
      assertThat(help).as(command).containsPattern("(?m)^Examples?[:,]");
      assertThat(help.lines().filter(line -> line.length() > 80)).as(command).isEmpty();
    }
  }

  /** A list of commands shows the first line of each description alone. */
  @Test
  void the_first_line_of_a_description_is_a_sentence() {
    for (String command : implemented().keySet()) {
      CommandLine line = RepoFleet.program(new TestProgram(Path.of("").toAbsolutePath()).context());
      for (String word : command.split(" ", -1)) {
        line = Objects.requireNonNull(line.getSubcommands().get(word), word);
      }
      assertThat(line.getCommandSpec().usageMessage().description()[0]).as(command).endsWith(".");
    }
  }

  private static String answer(String command, String option) {
    CommandLine line = RepoFleet.program(new TestProgram(Path.of("").toAbsolutePath()).context());
    StringWriter out = new StringWriter();
    line.setOut(new PrintWriter(out, true));
    List<String> words = new ArrayList<>(List.of(command.split(" ")));
    words.add(option);
    assertThat(line.execute(words.toArray(String[]::new))).as(command).isZero();
    return out.toString();
  }
}
