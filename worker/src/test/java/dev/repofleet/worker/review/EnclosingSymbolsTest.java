package dev.repofleet.worker.review;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class EnclosingSymbolsTest {
  private static String symbol(String text, int line) {
    return EnclosingSymbols.in(SourceText.of(text).lines()).of(line);
  }

  @Test
  void declarationsEncloseWhatIsIndentedBelowThem() {
    String python =
        """
        class Users:
            def find(self, name):
                if name:
                    run(name)

            def drop(self):
                run('drop')
        run('all')
        """;
    assertThat(symbol(python, 4)).isEqualTo("Users/find");
    assertThat(symbol(python, 5)).isEqualTo("Users/find");
    assertThat(symbol(python, 6)).isEqualTo("Users/drop");
    assertThat(symbol(python, 7)).isEqualTo("Users/drop");
    assertThat(symbol(python, 8)).isEmpty();
  }

  @Test
  void otherLanguagesDoAsWell() {
    String java =
        """
        public final class Db {
          private static int find(Connection connection,
              String name) throws SQLException {
            try (Statement s = connection.createStatement()) {
              return s.executeUpdate("x" + name);
            }
          }
        }
        """;
    assertThat(symbol(java, 5)).startsWith("Db/").contains("find");
    assertThat(symbol(java, 2)).isEqualTo("Db");
    assertThat(symbol("func (s *Store) Get(id string) error {\n\treturn s.run(id)\n}\n", 2))
        .isEqualTo("Get");
    assertThat(symbol("services:\n  web:\n    image: a\n    privileged: true\n", 4))
        .isEqualTo("services/web");
    assertThat(symbol("[main]\nkey = 1\n", 1)).isEqualTo("main");
    assertThat(symbol("resource \"aws_s3_bucket\" \"b\" {\n  acl = \"public\"\n}\n", 2))
        .isEqualTo("\"aws_s3_bucket\"");
  }

  @Test
  void linesThatSayNothingAreWhereTheLineAboveIs() {
    assertThat(symbol("\n\n", 1)).isEmpty();
    assertThat(symbol("{\n  }\n", 2)).isEmpty();
    assertThat(symbol("def f():\n    a()\n\n", 3)).isEqualTo("f");
  }

  @Test
  void everyLineIsLookedAtOnceHoweverHostile() {
    String brackets = " ".repeat(100_000) + "{".repeat(100_000) + "\n";
    String text = brackets + "def f():\n" + " x()\n".repeat(100_000) + brackets;
    EnclosingSymbols symbols = EnclosingSymbols.in(SourceText.of(text).lines());
    List<String> lines = SourceText.of(text).lines();
    for (int line = 1; line <= lines.size(); line++) {
      assertThat(symbols.of(line)).isEqualTo(line == 1 ? "" : "f");
    }
  }
}
