package dev.repofleet.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Spoils samples, each input after a seed of its own. Half of what it does leaves JSON and YAML in
 * shape, so that not all of it is refused at the first byte. Immutable, thread-safe.
 */
final class Mutations {
  /** Longest input: long enough for what readers call long, short enough for many a second. */
  static final int MAX_BYTES = 256 << 10;

  private static final int MANY = 20_000;
  private static final int DEEP = 3_000;

  /** A string, number or word of JSON; what else is taken for one does no harm. */
  private static final Pattern VALUE =
      Pattern.compile("\"[^\"\\n]{0,300}\"|-?[0-9][0-9.eE+-]*|true|false|null");

  private static final Pattern NUMBER = Pattern.compile("-?[0-9]+");

  private static final List<String> NUMBERS =
      List.of(
          "0",
          "-1",
          "1.0",
          "2147483647",
          "2147483648",
          "-2147483649",
          "9223372036854775807",
          "-9223372036854775808",
          "9223372036854775808",
          "99999999999999999999999999",
          "31556889864403200",
          "1e9",
          "1e400",
          "-1e400",
          "1e-400",
          "1e999999999",
          "00",
          "0x7f",
          "1_000",
          "NaN",
          "-");

  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "[]",
          "{}",
          "[null]",
          "{\"a\":null}",
          "\"\"",
          "\" \"",
          "\"x\\ny\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"\\u001b[2J\\u202e\\u2028\"",
          "\"NaN\"",
          "\"-9223372036854775808\"",
          "\"2026-11-23T00:00:00Z\"",
          "\"+1000000000-12-31T23:59:59Z\"",
          "\"../..\"",
          "\"/\"",
          "\"" + "x".repeat(5000) + "\"");

  private static final List<String> PIECES =
      List.of(
          "\0",
          "\n",
          "\r",
          "\r\n",
          "\t",
          " ",
          "\u001b[31m",
          "\u007f",
          "\u0085",
          "\u2028",
          "\u202e",
          "\ufeff",
          "\ufffe",
          "\u00e4",
          "\ud83d\ude00",
          "\"",
          "'",
          "\\",
          "\\ud800",
          "\\U00110000",
          "\\x",
          "`",
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          ": ",
          "://",
          "- ",
          "? ",
          "&a ",
          "*a",
          "!!binary ",
          "!<x> ",
          "<<: ",
          "|-\n",
          ">\n",
          "---\n",
          "...\n",
          "%YAML 9.9\n",
          "%",
          "%00",
          "%2e%2e",
          "#",
          "@",
          "/",
          "//",
          "..",
          "../",
          "-",
          "~",
          "*",
          "**",
          ".git",
          "${X}",
          "{{x}}");

  /** What UTF-8 does not have: a lone byte, half a pair, too long a form, a cut one. */
  private static final List<byte[]> NOT_UTF8 =
      List.of(
          new byte[] {(byte) 0xff},
          new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
          new byte[] {(byte) 0xc0, (byte) 0x80},
          new byte[] {(byte) 0xf0, (byte) 0x9f, (byte) 0x98},
          new byte[] {(byte) 0xe4});

  private final List<byte[]> samples;

  Mutations(List<byte[]> samples) {
    this.samples = samples;
  }

  /** The input of a seed. */
  byte[] input(long seed) {
    Random random = new Random(seed * 0x9e3779b97f4a7c15L);
    byte[] input = pick(samples, random);
    for (int left = 1 + random.nextInt(4); left > 0; left--) {
      input = mutated(input, random);
      if (input.length > MAX_BYTES) {
        input = Arrays.copyOf(input, MAX_BYTES);
      }
    }
    return input;
  }

  private byte[] mutated(byte[] input, Random random) {
    int at = random.nextInt(input.length + 1);
    int end = Math.min(input.length, at + 1 + random.nextInt(1 + random.nextInt(64)));
    return switch (random.nextInt(17)) {
      case 0 -> withBitFlipped(input, random);
      case 1 -> Arrays.copyOf(input, at);
      case 2 -> replaced(input, at, end, new byte[0]);
      case 3 -> replaced(input, at, at, Arrays.copyOfRange(input, at, end));
      case 4 -> replaced(input, at, at, pick(NOT_UTF8, random));
      case 5 -> replaced(input, at, end, bytes(pick(PIECES, random)));
      case 6, 7 -> replaced(input, at, at, bytes(pick(PIECES, random)));
      case 8 -> spliced(input, at, random);
      case 9 -> repeated(input, at, end, random);
      case 10 -> withOther(input, NUMBER, pick(NUMBERS, random), random);
      case 11, 12 -> withOther(input, VALUE, pick(VALUES, random), random);
      case 13 -> withOther(input, VALUE, pick(NUMBERS, random), random);
      case 14 -> withLineMoved(input, random);
      case 15 -> nested(input, at, random);
      default -> withManyKeys(input, random);
    };
  }

  private static byte[] withBitFlipped(byte[] input, Random random) {
    byte[] flipped = input.clone();
    if (flipped.length > 0) {
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return flipped;
  }

  private byte[] spliced(byte[] input, int at, Random random) {
    byte[] other = pick(samples, random);
    int from = random.nextInt(other.length + 1);
    return replaced(input, at, input.length, Arrays.copyOfRange(other, from, other.length));
  }

  private static byte[] repeated(byte[] input, int at, int end, Random random) {
    byte[] piece = Arrays.copyOfRange(input, at, end);
    int most = Math.min(MANY, MAX_BYTES / Math.max(1, piece.length));
    int times = 1 + random.nextInt(isLarge(random) ? most : 10);
    return replaced(input, at, at, bytes(latin(piece).repeat(times)));
  }

  private static byte[] withLineMoved(byte[] input, Random random) {
    List<String> lines = new ArrayList<>(List.of(latin(input).split("(?<=\n)", -1)));
    String line = lines.get(random.nextInt(lines.size()));
    if (random.nextBoolean()) {
      lines.remove(line);
    }
    lines.add(random.nextInt(lines.size() + 1), line);
    return bytes(String.join("", lines));
  }

  private static byte[] nested(byte[] input, int at, Random random) {
    String open = pick(List.of("[", "{\"a\":", "- ", "("), random);
    return replaced(
        input, at, at, bytes(open.repeat(1 + random.nextInt(isLarge(random) ? DEEP : 80))));
  }

  private static byte[] withManyKeys(byte[] input, Random random) {
    String text = latin(input);
    int brace = text.indexOf('{', random.nextInt(input.length + 1));
    if (brace < 0) {
      return input;
    }
    int count = 1 + random.nextInt(isLarge(random) ? MANY : 5);
    StringBuilder keys = new StringBuilder();
    for (int i = 0; i < count; i++) {
      keys.append("\"k").append(i).append("\":1,");
    }
    return replaced(input, brace + 1, brace + 1, bytes(keys.toString()));
  }

  /** With one of the places that match replaced. */
  private static byte[] withOther(byte[] input, Pattern pattern, String other, Random random) {
    Matcher matcher = pattern.matcher(latin(input));
    List<int[]> places = new ArrayList<>();
    while (matcher.find()) {
      places.add(new int[] {matcher.start(), matcher.end()});
    }
    if (places.isEmpty()) {
      return input;
    }
    int[] place = pick(places, random);
    return replaced(input, place[0], place[1], other.getBytes(StandardCharsets.UTF_8));
  }

  /** Large inputs are few, or they would be all that a run has time for. */
  private static boolean isLarge(Random random) {
    return random.nextInt(6) == 0;
  }

  private static byte[] replaced(byte[] input, int from, int to, byte[] by) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(input.length + by.length);
    out.write(input, 0, from);
    out.writeBytes(by);
    out.write(input, to, input.length - to);
    return out.toByteArray();
  }

  private static <T> T pick(List<T> list, Random random) {
    return list.get(random.nextInt(list.size()));
  }

  /** Each byte a character, so that places in the text are places in the bytes. */
  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static byte[] bytes(String text) {
    boolean latin = text.chars().allMatch(character -> character < 256);
    return text.getBytes(latin ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
  }
}
