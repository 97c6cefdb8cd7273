package dev.repofleet.worker.secrets;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.repofleet.artifacts.SecretVariables;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The secrets in the worker's environment, to keep them out of what is stored or shown: as they
 * are, and in Base64, URL and JSON spelling. Immutable, thread-safe; {@link #toString()} shows
 * none.
 */
public final class KnownSecrets {
  /** Shorter values would be found everywhere. */
  private static final int MIN_LENGTH = 8;

  /** The words of a PEM's first and last line are shorter, and the key's last line may be. */
  private static final int PEM_LINE = 16;

  private static final Pattern LINE_END = Pattern.compile("\\s+|\\\\n");

  /** Names the worker's variables that plans may ask for, separated by commas. */
  public static final String PLAN_SECRETS = "REPOFLEET_PLAN_SECRETS";

  /** Spelling → kind, longest first: a short one may be part of a long one. */
  private final Map<String, String> spellings;

  private KnownSecrets(Map<String, String> spellings) {
    this.spellings = spellings;
  }

  /** Those that the environment holds. */
  public static KnownSecrets of(Map<String, String> environment) {
    Map<String, String> spellings = longestFirst();
    Map<String, String> kinds = new LinkedHashMap<>();
    allowedForPlans(environment).forEach(name -> kinds.put(name, "a secret of a plan"));
    SecretVariables.all().forEach((name, kind) -> kinds.put(name, kind.words()));
    kinds.forEach(
        (name, kind) -> {
          String value = environment.getOrDefault(name, "").strip();
          if (value.startsWith("-----BEGIN ")) {
            spellPem(value).forEach(spelling -> spellings.putIfAbsent(spelling, kind));
          } else if (value.length() >= MIN_LENGTH) {
            spell(value).forEach(spelling -> spellings.putIfAbsent(spelling, kind));
          }
        });
    return new KnownSecrets(new LinkedHashMap<>(spellings));
  }

  /** These and a token that was learned later, such as one minted for a single repository. */
  public KnownSecrets and(String token) {
    Map<String, String> more = longestFirst();
    more.putAll(spellings);
    spell(token).forEach(spelling -> more.putIfAbsent(spelling, SecretVariables.Kind.GIT.words()));
    return new KnownSecrets(new LinkedHashMap<>(more));
  }

  private static Map<String, String> longestFirst() {
    return new TreeMap<>(
        Comparator.comparingInt(String::length).reversed().thenComparing(text -> text));
  }

  /** The names in {@link #PLAN_SECRETS}. */
  public static Set<String> allowedForPlans(Map<String, String> environment) {
    return Arrays.stream(environment.getOrDefault(PLAN_SECRETS, "").split(",", -1))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether a variable lets its holder act as the fleet, and so is nothing for an agent. */
  public static boolean isTheFleetsOwn(String name) {
    SecretVariables.Kind kind = SecretVariables.all().get(name);
    return kind != null && !kind.forAgents();
  }

  /**
   * Line by line, as tools print and indent them. In other spellings one line stands for all: a
   * search through each of every line's would take tens of megabytes.
   */
  private static Set<String> spellPem(String value) {
    List<String> lines =
        LINE_END
            .splitAsStream(value)
            .filter(line -> line.length() >= PEM_LINE && !line.contains("-----"))
            .toList();
    Set<String> spellings = new HashSet<>(lines);
    if (lines.size() > 1) {
      // The first is much the same in all keys.
      spellings.addAll(spell(lines.get(1)));
    }
    return spellings;
  }

  private static Set<String> spell(String value) {
    Set<String> spellings = new HashSet<>();
    spellings.add(value);
    spellings.add(URLEncoder.encode(value, StandardCharsets.UTF_8));
    spellings.add(new String(JsonStringEncoder.getInstance().quoteAsString(value)));
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    for (int shift = 0; shift < 3; shift++) {
      String core = inBase64(bytes, shift);
      spellings.add(core);
      spellings.add(core.replace('+', '-').replace('/', '_'));
    }
    spellings.removeIf(spelling -> spelling.length() < MIN_LENGTH);
    return spellings;
  }

  /**
   * What a value looks like inside the Base64 of a longer text that begins {@code shift} before.
   */
  private static String inBase64(byte[] value, int shift) {
    byte[] shifted = new byte[value.length + shift];
    System.arraycopy(value, 0, shifted, shift, value.length);
    String whole = Base64.getEncoder().withoutPadding().encodeToString(shifted);
    // Characters that hold bits of a neighbour differ from text to text.
    int from = shift == 0 ? 0 : shift + 1;
    int to = shifted.length % 3 == 0 ? whole.length() : whole.length() - 1;
    return whole.substring(Math.min(from, to), to);
  }

  /** The text with every secret replaced. */
  public String redact(String text) {
    String clean = text;
    for (String spelling : spellings.keySet()) {
      clean = clean.replace(spelling, "***");
    }
    return clean;
  }

  /** A search through bytes that come in pieces. */
  public Search search() {
    return new Search(spellings);
  }

  @Override
  public String toString() {
    return "KnownSecrets[" + spellings.size() + " spellings]";
  }

  /**
   * Looks for all spellings at once, also across pieces: an automaton after Aho and Corasick, so
   * that a long patch is read once. For one thread.
   */
  public static final class Search {
    private static final int BYTES = 256;

    private final int[][] next;
    private final String[] found;
    private int state;
    private String result = "";

    private Search(Map<String, String> spellings) {
      int size = 1 + spellings.keySet().stream().mapToInt(Search::length).sum();
      next = new int[size][];
      found = new String[size];
      Arrays.fill(found, "");
      next[0] = new int[BYTES];
      int used = 1;
      for (Map.Entry<String, String> spelling : spellings.entrySet()) {
        int node = 0;
        for (byte b : spelling.getKey().getBytes(StandardCharsets.UTF_8)) {
          if (next[node][b & 0xff] == 0) {
            next[used] = new int[BYTES];
            next[node][b & 0xff] = used++;
          }
          node = next[node][b & 0xff];
        }
        found[node] = spelling.getValue();
      }
      link(used);
    }

    private static int length(String spelling) {
      return spelling.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Where no edge leads on, goes on from the longest ending that is a beginning. */
    private void link(int used) {
      int[] fallback = new int[used];
      int[] queue = new int[used];
      int tail = 0;
      for (int child : next[0]) {
        if (child != 0) {
          queue[tail++] = child;
        }
      }
      for (int head = 0; head < tail; head++) {
        int node = queue[head];
        if (found[node].isEmpty()) {
          found[node] = found[fallback[node]];
        }
        for (int b = 0; b < BYTES; b++) {
          int child = next[node][b];
          int other = next[fallback[node]][b];
          if (child == 0) {
            next[node][b] = other;
          } else {
            fallback[child] = other;
            queue[tail++] = child;
          }
        }
      }
    }

    /** Goes on with the first {@code length} of these bytes. */
    public void accept(byte[] bytes, int length) {
      for (int i = 0; i < length && result.isEmpty(); i++) {
        state = next[state][bytes[i] & 0xff];
        result = found[state];
      }
    }

    /** What kind of secret was found first; empty when none was. */
    public String kind() {
      return result;
    }
  }
}
