package dev.repofleet.starter.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.e2b.TemplateSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateFileTest {
  @TempDir Path folder = Path.of("");

  private TemplateSpec read(String text) throws IOException {
    Files.writeString(folder.resolve("template.yaml"), text);
    return TemplateFile.read(folder, "template.yaml", false);
  }

  @Test
  void a_name_is_enough() throws IOException {
    assertThat(read("name: my-claude"))
        .hasToString("TemplateSpec[my-claude, from claude, 0 steps]");
  }

  @Test
  void the_example_of_the_page_is_a_template_and_has_every_key() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "cli.md"));
    Matcher example =
        Pattern.compile("```yaml\n(name: my-claude.*?)```", Pattern.DOTALL).matcher(page);
    assertThat(example.find()).isTrue();
    String text = example.group(1);
    assertThat(read(text)).hasToString("TemplateSpec[my-claude, from claude, 6 steps]");
    assertThat(TemplateFile.KEYS)
        .allSatisfy(key -> assertThat(text).containsPattern("\\b" + key + "\\b"));
  }

  @Test
  void an_image_and_packages_of_all_kinds_are_taken() throws IOException {
    assertThat(
            read("{name: a, fromImage: 'debian:13', apt: [x], npm: [y], pip: ['z>=1'], mcp: [m]}"))
        .hasToString("TemplateSpec[a, from debian:13, 4 steps]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "apt: [x]|a template needs its 'name'",
        "name: Big Name|template.yaml:1:1: 'name' must be lower-case",
        "name: claude|can't be built from itself",
        "{name: a, cpuCont: 2}|unknown key 'cpuCont' in the template: did you mean 'cpuCount'?",
        "{name: a, cpuCount: 64}|'cpuCount': a template has 1 to 32 CPUs, not 64",
        "{name: a, memory: 64MiB}|'memory': a template has at least 128 MiB",
        "{name: a, memory: 1000}|is no whole number of MiB",
        "{name: a, memory: much}|is not a size",
        "{name: a, apt: ['-y']}|'apt': not the name of a package",
        "{name: a, run: ['']}|'run': a step RUN of a template is blank",
        "{name: a, fromImage: b, fromTemplate: c}|keep one",
        "{name: a, start: redis}|'start' needs 'ready'",
        "{name: a, environment: {GITHUB_TOKEN: x}}|is a secret",
        "[1]|a template is a list of keys and values, such as `name: ...`"
      })
  void what_is_wrong_is_said_with_its_place(String text, String sentence) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(PlanException.class)
        .hasMessageContaining(sentence);
  }

  @Test
  void without_a_file_it_is_said_what_to_write() {
    assertThatThrownBy(() -> TemplateFile.read(folder, "none.yaml", false))
        .hasMessageContaining("there is no file none.yaml: write one with at least `name:");
  }
}
