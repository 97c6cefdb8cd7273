package dev.repofleet.starter.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.starter.render.TextTable.Cell;
import dev.repofleet.starter.render.TextTable.Column;
import org.junit.jupiter.api.Test;

class TextTableTest {
  @Test
  void names_are_cut_at_their_beginning_and_texts_at_their_end_until_the_line_fits() {
    TextTable table =
        new TextTable(Column.name("NAME"), Column.text("TEXT"), Column.number("COST"));
    table.row("github.com/owner/a-long-name", "a text of many words here", "$1.00");
    table.row("b", "c", "$10.00");
    assertThat(table.lines(new TextStyle(40, false)))
        .containsExactly(
            "NAME             TEXT               COST",
            "…er/a-long-name  a text of many…   $1.00",
            "b                c                $10.00");
  }

  @Test
  void a_column_of_words_or_numbers_is_never_cut() {
    TextTable table = new TextTable(Column.word("A"), Column.number("B"));
    table.row("x".repeat(30), "1234567890");
    assertThat(table.lines(new TextStyle(20, false)).get(1))
        .isEqualTo("x".repeat(30) + "  1234567890");
  }

  @Test
  void colours_do_not_move_columns_and_are_left_out_where_there_are_none() {
    TextTable table = new TextTable(Column.text("A"), Column.text("B"));
    table.row(new Cell("bad", Tone.BAD), Cell.of("x"));
    table.row(Cell.of("longer"), Cell.of("y"));
    assertThat(table.lines(new TextStyle(80, true)))
        .containsExactly(
            "\u001b[1mA\u001b[0m       \u001b[1mB\u001b[0m",
            "\u001b[31mbad\u001b[0m     x",
            "longer  y");
    assertThat(table.lines(TextStyle.PLAIN)).containsExactly("A       B", "bad     x", "longer  y");
  }

  @Test
  void nothing_in_a_cell_acts_on_a_terminal() {
    TextTable table = new TextTable(Column.name("A"), Column.text("B"));
    table.row("a\u001b[2Jb\nc\u202e", "\u009b31m\u0007");
    assertThat(table.lines(TextStyle.PLAIN).get(1)).isEqualTo("a[2Jb c  31m");
  }

  @Test
  void wide_letters_take_two_columns_and_marks_none() {
    assertThat(TextColumns.of("漢字")).isEqualTo(4);
    assertThat(TextColumns.of("e\u0301")).isEqualTo(1);
    assertThat(TextColumns.of("🦊")).isEqualTo(2);
    assertThat(TextColumns.head("漢字漢字", 5)).isEqualTo("漢字…");
    assertThat(TextColumns.tail("漢字漢字", 5)).isEqualTo("…漢字");
    assertThat(TextColumns.tail("abc", 3)).isEqualTo("abc");
  }

  @Test
  void a_sentence_breaks_between_words_and_an_address_stays_whole() {
    assertThat(TextLines.of("one two three https://example.com/a/long/address end", 12))
        .containsExactly("one two", "  three", "  https://example.com/a/long/address", "  end");
  }
}
