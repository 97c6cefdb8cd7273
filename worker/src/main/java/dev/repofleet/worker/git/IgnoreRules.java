package dev.repofleet.worker.git;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.finding.Exclusion;
import dev.repofleet.artifacts.plan.PromptTemplate;
import dev.repofleet.workflows.activities.git.ReviewIgnore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Patterns of a repository's {@code .reviewignore} files as they lie in the artifact store: each on
 * one line, without control and invisible characters, cut at {@link PromptTemplate#MAX_FACT}.
 *
 * @param rules at most {@link #MAX_RULES}, each with the file that has it
 */
public record IgnoreRules(List<Exclusion> rules) {
  /** As many as clone.sh tells: more are no longer read by anybody. */
  public static final int MAX_RULES = 50;

  private static final int MAX_BYTES = 1 << 20;
  private static final String REASON = "excluded by the repository's own .reviewignore";

  /** A document of another version may lack the list. */
  public IgnoreRules {
    rules = rules == null ? List.of() : List.copyOf(rules);
  }

  /** Of lines of clone.sh: the file, a tab, the pattern. */
  static IgnoreRules of(List<String> lines) {
    return new IgnoreRules(
        lines.stream()
            .limit(MAX_RULES)
            .map(
                line -> {
                  int tab = line.indexOf('\t');
                  String pattern = PromptTemplate.fact(line.substring(tab + 1));
                  String file = PromptTemplate.fact(line.substring(0, Math.max(tab, 0)));
                  return new Exclusion(pattern.isBlank() ? "?" : pattern, REASON, file);
                })
            .toList());
  }

  /**
   * Those of a clone.
   *
   * @throws dev.repofleet.artifacts.ArtifactException when the store can't give them
   */
  public static List<Exclusion> read(ArtifactStore store, @Nullable ReviewIgnore ignored) {
    String uri = ignored == null ? null : ignored.rulesUri();
    return uri == null
        ? List.of()
        : ArtifactJson.read(store, uri, IgnoreRules.class, MAX_BYTES).rules();
  }
}
