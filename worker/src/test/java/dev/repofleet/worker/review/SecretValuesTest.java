package dev.repofleet.worker.review;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SecretValuesTest {
  private static String replaced(String text, String... values) {
    return SecretValues.of(List.of(values)).replaced(text, value -> "<" + value.length() + ">");
  }

  @Test
  void everyOccurrenceIsReplacedTheLongestFirst() {
    assertThat(replaced("a=hunter22; b=hunter2; c=hunter22", "hunter2", "hunter22"))
        .isEqualTo("a=<8>; b=<7>; c=<8>");
    assertThat(replaced("abcdabcd", "abcd")).isEqualTo("<4><4>");
    assertThat(replaced("abc", "abcd")).isEqualTo("abc");
    assertThat(replaced("xabcd", "abcd")).isEqualTo("x<4>");
    assertThat(replaced("nothing", "abcd")).isEqualTo("nothing");
    assertThat(replaced("nothing")).isEqualTo("nothing");
    assertThat(replaced("schlüssel\ud83d\udd11key", "schlüssel\ud83d\udd11")).isEqualTo("<11>key");
  }

  @Test
  void noValueIsLeftWhereverTheyOverlap() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      List<String> values = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        values.add(letters(random, 4 + random.nextInt(9)));
      }
      String text = letters(random, 300);
      String clean = SecretValues.of(values).replaced(text, value -> "#");
      for (String value : values) {
        assertThat(clean).as("seed " + seed).doesNotContain(value);
      }
    }
  }

  @Test
  void ofALongValueTheWholeWordIsHidden() {
    String key = "k3y".repeat(40);
    assertThat(replaced("a = \"" + key + "\", b = '" + key + "x'", key))
        .isEqualTo("a = \"<120>\", b = '<121>'");
    assertThat(replaced(key.substring(0, 80), key)).isEqualTo("<80>");
    String account =
        "{\"type\":\"service\",\"id\":\"" + "9".repeat(60) + "\",\"secret\":\"hunter2\"}";
    assertThat(replaced("A = '" + account + "', b", account))
        .isEqualTo("A = '<" + account.length() + ">', b");
    String exact = "0123456789abcdef".repeat(4);
    assertThat(replaced(exact + "0", exact)).isEqualTo("<64>0");
  }

  /** Each place of the text is the beginning of all of them, but for their last character. */
  @Test
  void valuesThatAreMadeToBeComparedWithoutEndAreNot() {
    List<String> values = new ArrayList<>();
    for (int length = 4; length < 5000; length++) {
      values.add("a".repeat(length) + "b");
    }
    String text = "a".repeat(1 << 20);
    assertThat(SecretValues.of(values).replaced(text, value -> "#")).isEqualTo("#");
    List<String> most = values.subList(0, 59);
    assertThat(SecretValues.of(most).replaced(text, value -> "#")).isEqualTo(text);
  }

  private static String letters(Random random, int length) {
    StringBuilder letters = new StringBuilder();
    while (letters.length() < length) {
      letters.append((char) ('a' + random.nextInt(3)));
    }
    return letters.toString();
  }
}
