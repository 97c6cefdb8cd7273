package dev.repofleet.worker.report;

import dev.repofleet.artifacts.Sha256;
import dev.repofleet.artifacts.finding.AgentAnswer.AgentFinding;
import dev.repofleet.artifacts.finding.Confidence;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.result.Coverage;
import dev.repofleet.artifacts.result.CoverageStatus;
import dev.repofleet.artifacts.result.RepositoryInfo;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.target.CanonicalTarget;
import dev.repofleet.artifacts.target.TargetKey;
import dev.repofleet.artifacts.target.TargetParser;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.artifacts.target.TargetSpec;
import java.util.List;

/** Findings and results for tests of what is made of them. */
final class FindingSamples {
  private FindingSamples() {}

  /** A finding of which the code is known, as the review step gives it. */
  static Finding finding(String rule, Severity severity, String path, int line, String code) {
    Finding plain =
        Finding.of(
            "f" + line,
            new AgentFinding(
                rule,
                "Title at " + line,
                severity,
                Confidence.HIGH,
                path,
                line,
                line,
                "What is wrong.",
                null,
                null,
                List.of("CWE-89")));
    return plain
        .withPrimary(
            plain.primary().withColumns(1, 1 + code.length()).withSnippetHash(Sha256.ofText(code)))
        .withFingerprint(Sha256.ofText(rule + path + code))
        .withLineHash("c0ffee:1");
  }

  /** A complete result of these findings. */
  static RepositoryResult result(List<Finding> findings) {
    TargetSpec spec = new TargetParser(path -> false).parse("https://github.com/owner/name@main");
    CanonicalTarget canonical = CanonicalTarget.ofUrl(spec.url());
    TargetRow row = TargetRow.git(0, TargetKey.of(canonical, "main", null), spec, canonical);
    return RepositoryResult.builder(
            "b",
            row.index(),
            row.target(),
            row.key(),
            RepositoryInfo.of(row, "0123456789012345678901234567890123456789"),
            RepositoryStatus.COMPLETE)
        .coverage(new Coverage(CoverageStatus.COMPLETE, 3, 3, List.of()))
        .findings(findings)
        .build();
  }
}
