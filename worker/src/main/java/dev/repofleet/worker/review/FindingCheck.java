package dev.repofleet.worker.review;

import dev.repofleet.artifacts.AgentAnswer.AgentFinding;
import dev.repofleet.artifacts.Finding;
import dev.repofleet.worker.sandbox.SandboxLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Believes a finding only where the commit has the file and the lines. For one answer.
 *
 * <p>The agent works in the subpath, if there is one, and names files from there or from the root;
 * findings name them from the root.
 */
final class FindingCheck {
  /** Nobody reads more, and each costs a look at the commit. */
  private static final int MAX_FINDINGS = 1000;

  private static final int MAX_PATH = 1000;

  private final @Nullable String subpath;
  private final Map<String, Integer> lines = new HashMap<>();
  private final List<Finding> findings = new ArrayList<>();
  private final List<ReviewDocument.Refused> refused = new ArrayList<>();
  private int ignored;

  private FindingCheck(@Nullable String subpath) {
    this.subpath = subpath;
  }

  /** Checks all findings, whose texts are fit to be stored. */
  static FindingCheck of(
      List<AgentFinding> answers, @Nullable String subpath, CommitFiles commitFiles) {
    FindingCheck check = new FindingCheck(subpath);
    Set<String> asked = new LinkedHashSet<>();
    answers.stream()
        .limit(MAX_FINDINGS)
        .forEach(answer -> asked.addAll(check.candidates(answer.path())));
    check.lines.putAll(commitFiles.lines(asked));
    for (int i = 0; i < answers.size(); i++) {
      check.judge(i, answers.get(i));
    }
    return check;
  }

  List<Finding> findings() {
    return findings;
  }

  List<ReviewDocument.Refused> refused() {
    return refused;
  }

  /** How many of the refused ones are in files that {@code .reviewignore} leaves out. */
  int ignored() {
    return ignored;
  }

  private void judge(int index, AgentFinding answer) {
    String reason = index < MAX_FINDINGS ? "" : "there are more than " + MAX_FINDINGS + " findings";
    String path = reason.isEmpty() ? existing(answer.path()) : answer.path();
    if (reason.isEmpty()) {
      reason = fault(answer, path);
    }
    if (reason.isEmpty()) {
      String id = "f" + (findings.size() + 1);
      findings.add(Finding.of(id, withPath(answer, path)));
    } else {
      refused.add(new ReviewDocument.Refused(reason, answer));
    }
  }

  private String fault(AgentFinding answer, String path) {
    int count = count(path);
    if (answer.title().isBlank() || answer.ruleId().isBlank()) {
      return "it has no title or no rule";
    }
    if (count == CommitFiles.MISSING) {
      return "the commit has no such file";
    }
    if (count == CommitFiles.IGNORED) {
      ignored++;
      return "the repository's .reviewignore leaves the file out";
    }
    if (count == CommitFiles.FOLDER) {
      return "it names a folder, not a file";
    }
    if (answer.startLine() < 1 || answer.endLine() < answer.startLine()) {
      return "its lines are out of order";
    }
    return answer.endLine() > count ? "the file has " + count + " lines" : "";
  }

  /**
   * The first candidate that is a file under review, else the first that is an ignored one, else
   * the likeliest, else the path.
   */
  private String existing(String path) {
    List<String> candidates = candidates(path);
    return candidates.stream()
        .filter(candidate -> count(candidate) >= 0)
        .findFirst()
        .or(
            () ->
                candidates.stream()
                    .filter(candidate -> count(candidate) == CommitFiles.IGNORED)
                    .findFirst())
        .or(() -> candidates.stream().findFirst())
        .orElse(path);
  }

  private int count(String path) {
    return lines.getOrDefault(path, CommitFiles.MISSING);
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
    if (clean.isEmpty() || path.length() > MAX_PATH || clean.indexOf('\0') >= 0) {
      return List.of();
    }
    if (subpath == null || path.startsWith("/")) {
      return List.of(clean);
    }
    String below = subpath + "/" + clean;
    return clean.startsWith(subpath + "/") ? List.of(clean, below) : List.of(below, clean);
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
