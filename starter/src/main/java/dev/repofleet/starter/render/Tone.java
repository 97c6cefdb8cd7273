package dev.repofleet.starter.render;

import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.finding.SeverityCounts;
import dev.repofleet.artifacts.result.RepositoryStatus;

/** What a piece of text means, for its colour. The words always say it too. */
public enum Tone {
  /** As the terminal writes. */
  PLAIN(""),
  /** A heading. */
  STRONG("1"),
  /** What is looked at second. */
  FAINT("2"),
  /** It went well. */
  GOOD("32"),
  /** A person should look at it. */
  WARNING("33"),
  /** It went wrong, or is dangerous. */
  BAD("31");

  private final String code;

  Tone(String code) {
    this.code = code;
  }

  /** Parameters of the terminal's escape sequence SGR (ECMA-48); none for {@link #PLAIN}. */
  String code() {
    return code;
  }

  /** Of how a repository stands. */
  public static Tone of(RepositoryStatus status) {
    return switch (status) {
      case COMPLETE, SKIPPED_UNCHANGED -> GOOD;
      case PARTIAL, UNSTRUCTURED -> WARNING;
      case FAILED -> BAD;
      case CANCELLED, QUEUED -> FAINT;
      case RUNNING -> PLAIN;
    };
  }

  /** Of the worst among findings. */
  public static Tone of(SeverityCounts findings) {
    if (findings.count(Severity.CRITICAL) + findings.count(Severity.HIGH) > 0) {
      return BAD;
    }
    return findings.count(Severity.MEDIUM) > 0 ? WARNING : PLAIN;
  }
}
