package dev.repofleet.worker.review;

import dev.repofleet.artifacts.finding.AgentAnswer.AgentFinding;
import dev.repofleet.artifacts.finding.CodeExcerpt;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.review.CommitFiles.Kind;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Believes a finding only where the commit has the file and the lines. For one answer.
 *
 * <p>The agent works in the subpath, if there is one, and names files from there or from the root;
 * findings name them from the root.
 */
final class FindingCheck {
  /** More than any report or code scanning service shows. */
  private static final int MAX_FINDINGS = 50_000;

  private static final int MAX_PATH = 1000;

  private static final Pattern RULE = Pattern.compile("\\P{Cntrl}{1,200}");

  private final @Nullable String subpath;
  private final SecretMask mask;
  private final Map<String, Kind> kinds = new HashMap<>();
  private final Map<String, Integer> lines = new HashMap<>();
  private final Map<Integer, CodePlace> places = new HashMap<>();
  private final List<Finding> findings = new ArrayList<>();
  private final List<@Nullable CodeExcerpt> code = new ArrayList<>();
  private final List<String> anchors = new ArrayList<>();
  private final List<ReviewDocument.Refused> refused = new ArrayList<>();
  private final Set<List<?>> seen = new HashSet<>();

  /** By index: of too many answers the most severe ones, in their order. */
  private final BitSet judged = new BitSet();

  private int ignored;

  private FindingCheck(@Nullable String subpath, SecretMask mask) {
    this.subpath = subpath;
    this.mask = mask;
  }

  /** Checks all findings, whose texts are fit to be stored. */
  static FindingCheck of(
      List<AgentFinding> answers, @Nullable String subpath, CommitFiles files, SecretMask mask) {
    FindingCheck check = new FindingCheck(subpath, mask);
    IntStream.range(0, answers.size())
        .boxed()
        .sorted(Comparator.comparing(index -> answers.get(index).severity()))
        .limit(MAX_FINDINGS)
        .forEach(check.judged::set);
    Set<String> asked = new LinkedHashSet<>();
    check.judged.stream()
        .forEach(index -> asked.addAll(check.candidates(answers.get(index).path())));
    check.kinds.putAll(files.kinds(asked));
    check.look(answers, files);
    for (int i = 0; i < answers.size(); i++) {
      check.judge(i, answers.get(i));
    }
    return check;
  }

  /** Reads every file once, whatever is said of it. */
  private void look(List<AgentFinding> answers, CommitFiles files) {
    Map<String, List<Integer>> wanted = new LinkedHashMap<>();
    judged.stream()
        .forEach(
            index -> {
              String path = existing(answers.get(index).path());
              if (kind(path) == Kind.FILE) {
                wanted.computeIfAbsent(path, file -> new ArrayList<>()).add(index);
              }
            });
    files.read(
        wanted.keySet(),
        (path, content) -> {
          lines.put(path, content.lines());
          SourceText text = content.text();
          if (text != null) {
            List<String> hashes =
                text.hasLoneCarriageReturn() ? List.of() : LineHashes.of(text.text());
            EnclosingSymbols symbols = EnclosingSymbols.in(text.lines());
            for (int i : wanted.getOrDefault(path, List.of())) {
              if (isInOrder(answers.get(i)) && answers.get(i).endLine() <= content.lines()) {
                places.put(i, CodePlace.of(text, hashes, symbols, answers.get(i)));
              }
            }
          }
        });
  }

  /** Those that stood the check, with their identity and their code. */
  List<Finding> findings() {
    return FindingExcerpts.added(FindingIdentity.within(findings, anchors), code, mask);
  }

  List<ReviewDocument.Refused> refused() {
    return refused;
  }

  /** How many of the refused ones are in files that {@code .reviewignore} leaves out. */
  int ignored() {
    return ignored;
  }

  private void judge(int index, AgentFinding answer) {
    String reason =
        judged.get(index)
            ? ""
            : "there are more than " + MAX_FINDINGS + " findings, and it is not of the most severe";
    String path = reason.isEmpty() ? existing(answer.path()) : answer.path();
    if (reason.isEmpty()) {
      reason = fault(answer, path);
    }
    if (reason.isEmpty()) {
      believe(Finding.of("f" + (findings.size() + 1), withPath(answer, path)), places.get(index));
    } else {
      refused.add(new ReviewDocument.Refused(reason, answer));
    }
  }

  private void believe(Finding finding, @Nullable CodePlace place) {
    if (place == null) {
      findings.add(finding);
      code.add(null);
      anchors.add("");
      return;
    }
    findings.add(
        finding
            .withPrimary(
                finding
                    .primary()
                    .withColumns(1, place.endColumn())
                    .withSnippetHash(place.snippetHash()))
            .withLineHash(place.lineHash()));
    code.add(place.excerpt());
    anchors.add(place.anchor());
  }

  private static boolean isInOrder(AgentFinding answer) {
    return answer.startLine() >= 1 && answer.endLine() >= answer.startLine();
  }

  private String fault(AgentFinding answer, String path) {
    Kind kind = kind(path);
    if (answer.title().isBlank() || answer.ruleId().isBlank()) {
      return "it has no title or no rule";
    }
    if (!RULE.matcher(answer.ruleId()).matches()) {
      return "its rule is longer than an id, or has line breaks";
    }
    if (kind == Kind.MISSING) {
      return "the commit has no such file";
    }
    if (kind == Kind.IGNORED) {
      ignored++;
      return "the repository's .reviewignore leaves the file out";
    }
    if (kind == Kind.FOLDER) {
      return "it names a folder, not a file";
    }
    if (!isInOrder(answer)) {
      return "its lines are out of order";
    }
    int count = lines.getOrDefault(path, 0);
    if (answer.endLine() > count) {
      return "the file has " + count + " lines";
    }
    boolean first = seen.add(List.of(answer.ruleId(), path, answer.startLine(), answer.endLine()));
    return first ? "" : "it is the same rule at the same lines as another";
  }

  /**
   * The first candidate that is a file under review, else the first that is an ignored one, else
   * the likeliest, else the path.
   */
  private String existing(String path) {
    List<String> candidates = candidates(path);
    return candidates.stream()
        .filter(candidate -> kind(candidate) == Kind.FILE)
        .findFirst()
        .or(
            () ->
                candidates.stream()
                    .filter(candidate -> kind(candidate) == Kind.IGNORED)
                    .findFirst())
        .or(() -> candidates.stream().findFirst())
        .orElse(path);
  }

  private Kind kind(String path) {
    return kinds.getOrDefault(path, Kind.MISSING);
  }

  /**
   * Paths from the root that the agent may have meant, likeliest first; none when it is no path.
   */
  private List<String> candidates(String path) {
    String plain = path.startsWith("/") ? withoutRepository(path) : path;
    List<String> parts = new ArrayList<>();
    for (String part : plain.split("/", -1)) {
      if (part.equals("..") || part.isEmpty()) {
        return List.of();
      }
      if (!part.equals(".")) {
        parts.add(part);
      }
    }
    String clean = String.join("/", parts);
    if (clean.isEmpty() || path.length() > MAX_PATH || hasControl(clean)) {
      return List.of();
    }
    if (subpath == null || path.startsWith("/")) {
      return List.of(clean);
    }
    String below = subpath + "/" + clean;
    return clean.startsWith(subpath + "/") ? List.of(clean, below) : List.of(below, clean);
  }

  /** Git could name such a file; the scripts that look it up take a line for a path. */
  private static boolean hasControl(String path) {
    return path.chars().anyMatch(Character::isISOControl);
  }

  private static String withoutRepository(String path) {
    String root = SandboxLayout.REPOSITORY + "/";
    return path.startsWith(root) ? path.substring(root.length()) : "";
  }

  private static AgentFinding withPath(AgentFinding answer, String path) {
    return new AgentFinding(
        answer.ruleId(),
        answer.title(),
        answer.severity(),
        answer.confidence(),
        path,
        answer.startLine(),
        answer.endLine(),
        answer.summary(),
        answer.evidence(),
        answer.remediation(),
        answer.cwe());
  }
}
