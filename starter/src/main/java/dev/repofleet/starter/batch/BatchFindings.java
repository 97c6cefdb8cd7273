package dev.repofleet.starter.batch;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Triage;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.render.PlainText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The findings of a batch, and what people decided of them. For one thread. */
public final class BatchFindings {
  /** Shorter beginnings of a fingerprint name too much by chance. */
  private static final int LEAST = 6;

  private final BatchRecords records;
  private final List<TargetRow> targets;
  private final Triage triage;

  private BatchFindings(BatchRecords records, List<TargetRow> targets) {
    this.records = records;
    this.targets = targets;
    this.triage = new Triage(records.store());
  }

  /**
   * Those of a batch in the store that this world's environment names.
   *
   * @throws CommandException with exit code 2 when there is no such batch
   */
  public static BatchFindings open(CommandContext context, String batch) {
    KnownBatch.requireId(batch);
    BatchRecords records = BatchRecords.open(context, batch);
    return new BatchFindings(records, BatchTargets.require(context, records));
  }

  /** Where they are. */
  public ArtifactStore store() {
    return records.store();
  }

  /** Those that can be named, repository by repository. */
  public void forEach(Consumer<FoundFinding> consumer) {
    forEach(finding -> true, consumer);
  }

  private void forEach(Predicate<Finding> wanted, Consumer<FoundFinding> consumer) {
    for (TargetRow row : targets) {
      records
          .result(row.key())
          .ifPresent(
              result -> {
                List<Finding> named =
                    result.findings().stream()
                        .filter(finding -> finding.fingerprint() != null)
                        .filter(wanted)
                        .toList();
                triage
                    .applied(named)
                    .forEach(
                        finding ->
                            consumer.accept(new FoundFinding(row.target(), row.key(), finding)));
              });
    }
  }

  /**
   * The findings that these words name; all are looked up before any is changed.
   *
   * @param names beginnings of fingerprints
   * @throws CommandException with exit code 2 when one names none, or several
   */
  public List<FoundFinding> named(List<String> names) {
    for (String name : names) {
      if (!name.toLowerCase(Locale.ROOT).matches("[0-9a-f]{" + LEAST + ",64}")) {
        throw CommandException.wrongUse(
            "'%s' is no finding: name it by %d or more digits, as `repofleet findings list %s` does"
                .formatted(PlainText.of(name, 80), LEAST, records.batch()));
      }
    }
    List<String> wanted = names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    List<FoundFinding> all = new ArrayList<>();
    forEach(finding -> wanted.stream().anyMatch(name -> isNamed(finding, name)), all::add);
    return wanted.stream().map(name -> one(all, name)).distinct().toList();
  }

  private static boolean isNamed(Finding finding, String name) {
    return Objects.requireNonNull(finding.fingerprint()).startsWith(name);
  }

  /** The first, where targets of one repository share it: what is decided on it is one thing. */
  private FoundFinding one(List<FoundFinding> all, String name) {
    List<FoundFinding> found = all.stream().filter(one -> isNamed(one.finding(), name)).toList();
    long different = found.stream().map(one -> one.finding().fingerprint()).distinct().count();
    if (different != 1) {
      throw CommandException.wrongUse(
          found.isEmpty()
              ? "batch %s has no finding %s: `repofleet findings list %s --all` shows those it has"
                  .formatted(records.batch(), name, records.batch())
              : "%s names %d findings of batch %s: type more of it"
                  .formatted(name, different, records.batch()));
    }
    return found.get(0);
  }
}
