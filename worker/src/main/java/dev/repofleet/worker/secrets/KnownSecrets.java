package dev.repofleet.worker.secrets;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.repofleet.artifacts.plan.SecretVariables;
import java.net.URLDecoder;
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
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

  /** Of a file in a variable, where a piece of a line may be the secret. */
  private static final int PART = 16;

  private static final Pattern FILE = Pattern.compile("\\s|\\{");

  private static final Pattern FILE_LINE_END = Pattern.compile("\\R|\\\\n");

  /** A word that is no name of what follows; Base64 may end with signs of its own. */
  private static final Pattern WITHIN_LINE =
      Pattern.compile("[A-Za-z0-9+/_~.-]++(?!\"?\\s*(?::|=\\s*[^=\\s]))");

  /** Hosts, paths and names of versions are made of short pieces. */
  private static final Pattern PIECE = Pattern.compile("[./]");

  /** What has none of it is a name. */
  private static final Pattern LIKE_A_KEY = Pattern.compile(".*(?:[A-Za-z].*\\d|\\d.*[A-Za-z]).*");

  private static final Pattern LINE_END = Pattern.compile("\\s+|\\\\n");

  private static final Pattern PASSWORD =
      Pattern.compile("^(?:[A-Za-z][A-Za-z0-9+.-]*://)?[^/?#:]*:([^/?#]+)@");

  /** Variables with addresses that programs of agents get, or read themselves. */
  private static final Pattern ADDRESSES = Pattern.compile("(?i).*_PROXY|ANTHROPIC_.*URL");

  /** Plain words would be found everywhere. */
  private static final Pattern WORD = Pattern.compile("\\p{L}\\p{Ll}{0,11}");

  private static final String IN_ADDRESS = "a password in an address";

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
    kinds.forEach((name, kind) -> add(environment.getOrDefault(name, "").strip(), kind, spellings));
    keys(environment).forEach(key -> add(key, SecretVariables.Kind.PAYLOADS.words(), spellings));
    environment.forEach(
        (name, value) -> {
          if (ADDRESSES.matcher(name).matches()) {
            passwords(value).forEach(one -> add(one, IN_ADDRESS, spellings));
          }
        });
    return new KnownSecrets(new LinkedHashMap<>(spellings));
  }

  private static void add(String value, String kind, Map<String, String> spellings) {
    if (value.startsWith("-----BEGIN ")) {
      spellPem(value).forEach(spelling -> spellings.putIfAbsent(spelling, kind));
    } else if (value.length() >= MIN_LENGTH) {
      spell(value).forEach(spelling -> spellings.putIfAbsent(spelling, kind));
      parts(value).forEach(part -> spellings.putIfAbsent(part, kind));
    }
  }

  /**
   * What a file has in it, such as npm's or a cloud's: each line with something like a key in it,
   * since patches and tools show lines, and what is like a key itself. None of a single word.
   */
  private static Stream<String> parts(String value) {
    return FILE.matcher(value).find()
        ? FILE_LINE_END.splitAsStream(value).flatMap(KnownSecrets::partsOfLine)
        : Stream.empty();
  }

  private static Stream<String> partsOfLine(String line) {
    List<String> keys =
        WITHIN_LINE
            .matcher(line)
            .results()
            .map(MatchResult::group)
            .filter(KnownSecrets::isLikeAKey)
            .toList();
    return keys.isEmpty() ? Stream.empty() : Stream.concat(Stream.of(line.strip()), keys.stream());
  }

  private static boolean isLikeAKey(String word) {
    boolean address =
        word.startsWith("//")
            || (word.contains(".")
                && PIECE.splitAsStream(word).allMatch(piece -> piece.length() < PART));
    return word.length() >= PART && !address && LIKE_A_KEY.matcher(word).matches();
  }

  /** Several stand in one variable, each behind its name, and each is a secret by itself. */
  private static Stream<String> keys(Map<String, String> environment) {
    return Arrays.stream(environment.getOrDefault("REPOFLEET_ENCRYPTION_KEYS", "").split(",", -1))
        .map(key -> key.substring(key.indexOf(':') + 1).strip());
  }

  /** That of an address such as a proxy's, which agents get whole: as it stands and as it is. */
  private static Stream<String> passwords(String value) {
    Matcher address = PASSWORD.matcher(value.strip());
    if (!address.find() || WORD.matcher(address.group(1)).matches()) {
      return Stream.empty();
    }
    String written = address.group(1);
    // Where decoding finds no code it leaves all as it is; a plus is a plus in this part.
    return Stream.of(written, decoded(written));
  }

  private static String decoded(String written) {
    try {
      return URLDecoder.decode(written.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return written;
    }
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

  /** Characters of the longest spelling; 0 where nothing is known. */
  public int longest() {
    return spellings.keySet().stream().mapToInt(String::length).max().orElse(0);
  }

  /** A search through bytes that come in pieces. */
  public SecretSearch search() {
    return new SecretSearch(spellings);
  }

  @Override
  public String toString() {
    return "KnownSecrets[" + spellings.size() + " spellings]";
  }
}
