package dev.repofleet.worker.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Lifecycle;
import dev.repofleet.artifacts.finding.LifecycleState;
import dev.repofleet.artifacts.finding.Location;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.finding.Suppression;
import dev.repofleet.artifacts.result.RepositoryInfo;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.workflows.Excerpt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A repository's findings as SARIF 2.1.0 with one run, as GitHub code scanning takes it. What is
 * more than its limits allow is left out, the least severe first, and counted in the run's {@code
 * properties}.
 */
final class SarifLog {
  private static final String SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

  /** Where the repository lies, as GitHub calls it. */
  private static final String SOURCE_ROOT = "%SRCROOT%";

  /** GitHub's limits: results of a run, and bytes of a file once it is gzipped. */
  private static final int MAX_RESULTS = 25_000;

  private static final int MAX_GZIPPED = 10_000_000;

  /** Of {@code message.text}; the whole of it is in {@code review.json}. */
  private static final int MAX_MESSAGE = 4_000;

  private static final String UNKNOWN =
      "\n\nAn earlier review found this. The last one can't say whether it is still there.";

  private final RepositoryResult result;
  private final String plan;
  private final List<Finding> worstFirst;
  private final int maxGzipped;

  private SarifLog(RepositoryResult result, List<Finding> unsettled, String plan, int maxGzipped) {
    this.result = result;
    this.plan = plan;
    this.maxGzipped = maxGzipped;
    this.worstFirst =
        Stream.concat(result.findings().stream(), unsettled.stream())
            .sorted(Comparator.comparing(finding -> finding.severity().level()))
            .toList();
  }

  /**
   * Of a result that this plan led to.
   *
   * @param unsettled findings of before that are results here too, since nobody can say that they
   *     are gone
   */
  static SarifLog of(RepositoryResult result, List<Finding> unsettled, String plan) {
    return new SarifLog(result, unsettled, plan, MAX_GZIPPED);
  }

  /** With another limit of bytes. */
  static SarifLog of(
      RepositoryResult result, List<Finding> unsettled, String plan, int maxGzipped) {
    return new SarifLog(result, unsettled, plan, maxGzipped);
  }

  /** The file, which is no larger than may be uploaded. */
  byte[] bytes() {
    int count = Math.min(MAX_RESULTS, worstFirst.size());
    byte[] json = ArtifactJson.pretty(log(count));
    for (long size = gzipped(json); size > maxGzipped && count > 0; size = gzipped(json)) {
      // A little less than what would fit if all were equally long.
      count = (int) Math.min(count - 1L, count * 9L * maxGzipped / (10 * size));
      json = ArtifactJson.pretty(log(count));
    }
    return json;
  }

  private static long gzipped(byte[] json) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.size();
  }

  private ObjectNode log(int count) {
    ObjectNode log = object().put("$schema", SCHEMA).put("version", "2.1.0");
    ObjectNode run = log.putArray("runs").addObject();
    List<Finding> kept = worstFirst.subList(0, count);
    SarifRules rules = SarifRules.of(kept);
    run.putObject("tool").set("driver", driver(rules));
    run.putObject("automationDetails").put("id", category());
    run.putArray("invocations")
        .addObject()
        .put(
            "executionSuccessful",
            result.status() == RepositoryStatus.COMPLETE
                || result.status() == RepositoryStatus.SKIPPED_UNCHANGED);
    provenance(run);
    run.put("columnKind", "utf16CodeUnits");
    ArrayNode results = run.putArray("results");
    kept.forEach(finding -> results.add(result(finding, rules)));
    ObjectNode properties = run.putObject("properties");
    properties.put("coverage", result.coverage().status().word());
    properties.put("resultsDropped", worstFirst.size() - count);
    return log;
  }

  private static ObjectNode driver(SarifRules rules) {
    ObjectNode driver = object().put("name", "RepoFleet");
    String version = SarifLog.class.getPackage().getImplementationVersion();
    if (version != null) {
      driver.put("version", version);
    }
    driver.set("rules", rules.descriptors());
    return driver;
  }

  /**
   * Runs of one category, what stands before the last slash, take each other's place in code
   * scanning: those of the same plan and subpath, whatever batch made them.
   */
  private String category() {
    String subpath = result.repository().subpath();
    return "repofleet/" + plan + "/" + (subpath == null ? "" : subpath + "/") + result.batch();
  }

  private void provenance(ObjectNode run) {
    RepositoryInfo repository = result.repository();
    if (repository.url() == null || !repository.url().contains("://")) {
      return;
    }
    ObjectNode version = run.putArray("versionControlProvenance").addObject();
    version.put("repositoryUri", repository.url());
    if (repository.commit() != null) {
      version.put("revisionId", repository.commit());
    }
    if (repository.ref() != null) {
      version.put("branch", repository.ref());
    }
    version.putObject("mappedTo").put("uriBaseId", SOURCE_ROOT);
  }

  private static ObjectNode result(Finding finding, SarifRules rules) {
    ObjectNode node = object();
    node.put("ruleId", finding.ruleId());
    node.put("ruleIndex", rules.index(finding.ruleId()));
    node.put("level", level(finding.severity().level()));
    node.putObject("message").put("text", message(finding));
    node.putArray("locations").add(location(finding.primary()));
    related(node, finding.locations().subList(1, finding.locations().size()));
    ObjectNode fingerprints = object();
    if (finding.lineHash() != null) {
      fingerprints.put("primaryLocationLineHash", finding.lineHash());
    }
    if (finding.fingerprint() != null) {
      fingerprints.put("repofleet/v1", finding.fingerprint());
    }
    if (!fingerprints.isEmpty()) {
      node.set("partialFingerprints", fingerprints);
    }
    String state = baselineState(finding.lifecycle());
    if (state != null) {
      node.put("baselineState", state);
    }
    suppress(node, finding);
    ObjectNode properties = node.putObject("properties");
    properties.put("severity", finding.severity().level().word());
    properties.put("confidence", finding.confidence().level().word());
    properties.put("verification", finding.verification().word());
    if (finding.verificationReason() != null) {
      properties.put("verificationReason", finding.verificationReason());
    }
    if (finding.carriedFrom() != null) {
      properties.put("carriedFrom", finding.carriedFrom());
    }
    if (finding.isUnknown()) {
      properties.put("lifecycle", LifecycleState.UNKNOWN.word());
    }
    return node;
  }

  static String level(Severity severity) {
    return switch (severity) {
      case CRITICAL, HIGH -> "error";
      case MEDIUM -> "warning";
      case LOW, INFO -> "note";
    };
  }

  private static String message(Finding finding) {
    String summary = finding.summary();
    String title = finding.isUnknown() ? finding.title() + UNKNOWN : finding.title();
    String text = summary == null || summary.isBlank() ? title : title + "\n\n" + summary;
    return Excerpt.of(text, MAX_MESSAGE);
  }

  private static ObjectNode location(Location place) {
    ObjectNode location = object();
    ObjectNode physical = location.putObject("physicalLocation");
    physical
        .putObject("artifactLocation")
        .put("uri", RelativeUri.of(place.path()))
        .put("uriBaseId", SOURCE_ROOT);
    Integer startColumn = place.startColumn();
    Integer endColumn = place.endColumn();
    physical
        .putObject("region")
        .put("startLine", place.startLine())
        .put("startColumn", startColumn == null ? 1 : startColumn)
        .put("endLine", place.endLine())
        // Of a file too large to be read the columns are not known.
        .put("endColumn", endColumn == null ? 2 : Math.max(2, endColumn));
    return location;
  }

  private static void related(ObjectNode node, List<Location> others) {
    if (!others.isEmpty()) {
      ArrayNode related = node.putArray("relatedLocations");
      others.forEach(place -> related.add(location(place)));
    }
  }

  private static @Nullable String baselineState(@Nullable Lifecycle lifecycle) {
    if (lifecycle == null) {
      return null;
    }
    LifecycleState state = lifecycle.state();
    return state == LifecycleState.PERSISTING || state == LifecycleState.UNKNOWN
        ? "unchanged"
        : "new";
  }

  /** By a person, by a verification, or by both: each for itself. */
  private static void suppress(ObjectNode node, Finding finding) {
    List<String> why = new ArrayList<>();
    Suppression decided = finding.suppression();
    if (decided != null) {
      why.add(decided.kind().word() + ": " + decided.reason());
    }
    if (finding.isRejected()) {
      String reason = finding.verificationReason();
      why.add("rejected by a verification" + (reason == null ? "" : ": " + reason));
    }
    if (!why.isEmpty()) {
      ArrayNode suppressions = node.putArray("suppressions");
      why.forEach(
          justification ->
              suppressions
                  .addObject()
                  .put("kind", "external")
                  .put("status", "accepted")
                  .put("justification", justification));
    }
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
