package dev.repofleet.artifacts.finding;

import java.util.List;

/** An answer as an agent gives it. */
public final class SampleAnswer {
  private SampleAnswer() {}

  /** With one finding. */
  public static AgentAnswer answer() {
    return new AgentAnswer(
        "One thing is wrong.",
        List.of(
            new AgentAnswer.AgentFinding(
                "sql-injection",
                "Query built from input",
                Severity.HIGH,
                Confidence.MEDIUM,
                "src/Db.java",
                10,
                12,
                "The id goes into the query.",
                "\"SELECT \" + id",
                "Bind it.",
                List.of("CWE-89"))),
        new AgentAnswer.AgentCoverage(7, List.of(new Exclusion("vendor/**", "third party"))));
  }
}
