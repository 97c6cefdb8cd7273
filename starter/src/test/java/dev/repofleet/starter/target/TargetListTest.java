package dev.repofleet.starter.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.starter.plan.PlanOverrides;
import dev.repofleet.starter.testing.TestProgram;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetListTest {
  @TempDir Path folder = Path.of("");

  private final List<String> talk = new ArrayList<>();

  private List<WantedTarget> read(String list) {
    return read(list, false);
  }

  private List<WantedTarget> read(String list, boolean skipInvalid) {
    List<WantedTarget> read = new ArrayList<>();
    try {
      Files.writeString(folder.resolve("list.csv"), list);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    try (WantedTargets targets =
        new TargetReader(
                new TestProgram(folder).context(), talk::add, TargetFilter.ALL, skipInvalid)
            .read(List.of(), "list.csv")) {
      targets.forEach(read::add);
    }
    return read;
  }

  private static PlanOverrides model(String model) {
    return new PlanOverrides(null, null, model, null, null, null, null);
  }

  @Test
  void a_first_line_with_url_makes_it_csv_and_a_blank_cell_is_no_override() {
    List<WantedTarget> targets =
        read(
            "\uFEFF"
                + """
                url,ref,subpath,prompt,model
                o/a,v1,server,"Look at ""this"",
                and that",small

                https://git.example/o/b,,,  ,
                o/c@main#x
                """
                    .replace("\n", "\r\n"));
    assertThat(targets)
        .extracting(target -> target.spec().target())
        .containsExactly("o/a@v1#server", "https://git.example/o/b", "o/c@main#x");
    assertThat(targets.get(0).spec().ref()).isEqualTo("v1");
    assertThat(targets.get(0).spec().subpath()).isEqualTo("server");
    assertThat(targets.get(0).overrides().prompt()).isEqualTo("Look at \"this\",\r\nand that");
    assertThat(targets.get(0).overrides().model()).isEqualTo("small");
    assertThat(targets.get(1).overrides()).isEqualTo(PlanOverrides.NONE);
  }

  @Test
  void comments_may_stand_before_the_first_line_and_columns_in_any_order_and_case() {
    List<WantedTarget> targets = read("# ours\n\nModel , URL\nsmall,o/a\n");
    assertThat(targets.get(0).spec().target()).isEqualTo("o/a");
    assertThat(targets.get(0).overrides()).isEqualTo(model("small"));
  }

  @Test
  void one_column_is_csv_too() {
    assertThat(read("url\n\"o/a\"\no/b\n")).hasSize(2);
  }

  @Test
  void every_override_is_read() {
    assertThat(
            read("""
                    url,prompt,instructions,model,effort,budgetUsd,turns,time
                    o/a,P,I,m,low,1.50,7,1h30m
                    """)
                .get(0)
                .overrides())
        .isEqualTo(new PlanOverrides("P", "I", "m", "low", 1.5, 7, Duration.ofMinutes(90)));
  }

  @Test
  void the_same_repository_with_other_overrides_is_another_target() {
    List<WantedTarget> targets = read("url,model,budgetUsd\no/a,,\no/a,m,\no/a,m,1\nO/A,m,1.00\n");
    assertThat(targets).extracting(WantedTarget::key).doesNotHaveDuplicates().hasSize(3);
    assertThat(talk).containsExactly("list.csv:5: 'O/A' is the same as 'o/a': reviewed once");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "url,modle|1: there is no column 'modle', did you mean 'model'?",
        "url,colour|1: there is no column 'colour'; columns are url, ref, subpath, prompt",
        "ulr,ref|1: there is no column 'ulr', did you mean 'url'?",
        "ref,model|1: there is no column 'url', which names the repository",
        "url,ref,Ref|1: the column 'ref' is there twice; keep one",
        "url;ref|1: the columns of a list are separated by commas",
      })
  void a_first_line_that_is_wrong_says_how(String header, String sentence) {
    assertThatThrownBy(() -> read(header + "\no/a,b\n"))
        .isInstanceOf(TargetException.class)
        .hasMessageStartingWith("list.csv:" + sentence);
  }

  @Test
  void each_row_that_is_wrong_is_named_by_its_line() {
    String list =
        """
        url,ref,prompt,budgetUsd,turns,time,effort
        o/a,,"two
        lines {{nothing}}",,,,
        ,main,,,,,
        o/a@v1,main,,,,,
        o/a,,,-1,,,
        o/a,,,,1.5,,
        o/a,,,,,soon,
        o/a,,,,,,best
        o/a,,a,1,1,1m,low,more
        o/a,b..c,,,,,
        """;
    assertThatThrownBy(() -> read(list))
        .hasMessageContaining("list.csv:2: 'prompt', line 2: there is no fact {{nothing}}")
        .hasMessageContaining("list.csv:4: the column 'url' is empty")
        .hasMessageContaining("list.csv:5: target 'o/a@v1' is refused: its ref is named twice")
        .hasMessageContaining("list.csv:6: 'budgetUsd' must be an amount above zero")
        .hasMessageContaining("list.csv:7: 'turns' must be a whole number")
        .hasMessageContaining("list.csv:8: 'time': \"soon\" is not a time")
        .hasMessageContaining("list.csv:9: 'effort' is one of low")
        .hasMessageContaining("list.csv:10: the row has a cell more than there are columns")
        .hasMessageContaining("list.csv:11: target 'o/a@b..c' is refused");
    assertThat(read(list + "o/b,,,,,,\n", true)).hasSize(1);
  }

  @Test
  void quotes_that_do_not_close_refuse_the_list_even_when_invalid_ones_are_skipped() {
    assertThatThrownBy(() -> read("url,prompt\no/a,\"x\"y\no/b,\n", true))
        .hasMessageStartingWith("list.csv:2: the quotes of this row don't close");
    assertThatThrownBy(() -> read("url,prompt\no/a,x\no/b,\"never\no/c,\n", true))
        .hasMessageStartingWith("list.csv:3: the quotes of this row don't close");
  }

  @Test
  void a_row_without_end_is_not_read_into_memory() {
    String endless = "url,prompt\no/a,\"" + "x".repeat(3 << 20);
    assertThatThrownBy(() -> read(endless))
        .hasMessage(
            "list.csv:2: the row is longer than 1048576 characters: is a quote not closed?");
    assertThatThrownBy(() -> read("o/a\n" + "x".repeat(3 << 20)))
        .hasMessageStartingWith("list.csv:2: the row is longer");
  }

  @Test
  void text_that_is_not_utf_8_is_refused() throws IOException {
    byte[] latin = "url,prompt\no/a,\u00e4\n".getBytes(StandardCharsets.ISO_8859_1);
    List<TargetLine> lines = new ArrayList<>();
    assertThatThrownBy(
            () ->
                new TargetList("list.csv", lines::add, talk::add)
                    .read(new ByteArrayInputStream(latin)))
        .hasMessage("list.csv is not UTF-8 text");
  }
}
