package dev.repofleet.worker.review;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LineHashesTest {
  @Test
  void thePublishedValues() {
    assertThat(LineHashes.of("")).containsExactly("c129715d7a2bc9a3:1");
    List<String> four =
        List.of(
            "271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1");
    assertThat(LineHashes.of(" a\nb\n  \t\tc\n d")).isEqualTo(four);
    assertThat(LineHashes.of(" a\r\nb\r\n  \t\tc\r\n d")).isEqualTo(four);
    assertThat(LineHashes.of(" a\rb\r  \t\tc\r d")).isEqualTo(four);
  }

  @Test
  void aLineKeepsItsHashWhereOthersMoveIt() {
    String text = "first of all\n" + "line that stays\n" + "x\n".repeat(200);
    List<String> before = LineHashes.of(text);
    List<String> after = LineHashes.of("moved\n".repeat(40) + text);
    assertThat(after.get(41)).isEqualTo(before.get(1));
    assertThat(after.get(41)).isNotEqualTo(before.get(0));
  }

  @Test
  void linesThatAreAlikeAreNumbered() {
    List<String> hashes = LineHashes.of("x\n".repeat(300));
    assertThat(hashes.get(0)).endsWith(":1");
    assertThat(hashes.get(1)).isEqualTo(hashes.get(0).replace(":1", ":2"));
  }
}
