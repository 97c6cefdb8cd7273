package dev.repofleet.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PageTextTest {
  @Test
  void a_name_of_strangers_is_code_and_ends_nothing() {
    assertThat(PageText.code("![x](https://e.example/`<b>|\n\u202eevil"))
        .isEqualTo("`![x](https://e.example/'<b>'evil`");
    assertThat(PageText.code("x".repeat(500))).hasSize(202);
  }

  @Test
  void a_table_has_a_line_a_row() {
    assertThat(
            PageText.table(List.of("a", "b"), List.of(List.of("1", "2")))
                .replace("\u00a0", "")
                .lines())
        .containsExactly("| a | b |", "| --- | --- |", "| 1 | 2 |");
  }

  @Test
  void only_severities_that_were_found_are_named() {
    assertThat(PageText.findings(new SeverityCounts(1, 0, 2, 0, 0)))
        .isEqualTo("1 critical, 2 medium");
    assertThat(PageText.findings(SeverityCounts.NONE)).isEqualTo("none");
  }
}
