package dev.repofleet.worker.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.artifacts.finding.Confidence;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Severity;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The rules that a run's results refer to. GitHub takes severity and precision from the rule alone,
 * so a rule has the highest that any of its results has.
 */
final class SarifRules {
  /** GitHub takes 20 tags of a rule. */
  private static final int MAX_TAGS = 20;

  private static final String CHECK = "what is wrong and where. Check it before you act on it.";

  /** A sentence about each rule of the shipped presets. */
  private static final Properties ABOUT = about();

  private static final class Rule {
    private Severity severity = Severity.INFO;
    private Confidence confidence = Confidence.LOW;
    private final TreeSet<String> weaknesses = new TreeSet<>();

    private void add(Finding finding) {
      Severity level = finding.severity().level();
      Confidence certain = finding.confidence().level();
      severity = level.compareTo(severity) < 0 ? level : severity;
      confidence = certain.compareTo(confidence) < 0 ? certain : confidence;
      for (String cwe : finding.cwe()) {
        String digits = cwe.replaceAll("\\D", "");
        if (!digits.isEmpty() && digits.length() <= 6) {
          weaknesses.add("external/cwe/cwe-%03d".formatted(Integer.parseInt(digits)));
        }
      }
    }
  }

  private final Map<String, Rule> rules = new TreeMap<>();
  private final Map<String, Integer> indexes = new HashMap<>();

  private SarifRules(List<Finding> findings) {
    findings.forEach(
        finding -> rules.computeIfAbsent(finding.ruleId(), id -> new Rule()).add(finding));
    rules.keySet().forEach(id -> indexes.put(id, indexes.size()));
  }

  private static Properties about() {
    Properties about = new Properties();
    try (InputStream in = SarifRules.class.getResourceAsStream("rules.properties")) {
      about.load(Objects.requireNonNull(in, "the program's jar lacks rules.properties"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return about;
  }

  static SarifRules of(List<Finding> findings) {
    return new SarifRules(findings);
  }

  int index(String ruleId) {
    return indexes.getOrDefault(ruleId, -1);
  }

  ArrayNode descriptors() {
    ArrayNode descriptors = JsonNodeFactory.instance.arrayNode();
    rules.forEach((id, rule) -> descriptors.add(descriptor(id, rule)));
    return descriptors;
  }

  private static ObjectNode descriptor(String id, Rule rule) {
    ObjectNode descriptor = JsonNodeFactory.instance.objectNode();
    descriptor.put("id", id);
    String words = words(id);
    descriptor.putObject("shortDescription").put("text", words);
    String about = ABOUT.getProperty(id);
    descriptor
        .putObject("fullDescription")
        .put(
            "text",
            about == null
                ? words + ", as a coding agent found it in a review of the repository."
                : about);
    descriptor
        .putObject("help")
        .put("text", (about == null ? "" : about + " ") + "Each result says " + CHECK);
    descriptor.putObject("defaultConfiguration").put("level", SarifLog.level(rule.severity));
    ObjectNode properties = descriptor.putObject("properties");
    properties.put("security-severity", Double.toString(rule.severity.score())); // a string
    properties.put("precision", rule.confidence.word());
    ArrayNode tags = properties.putArray("tags").add("security");
    rule.weaknesses.stream().limit(MAX_TAGS - 1).forEach(tags::add);
    return descriptor;
  }

  private static String words(String id) {
    String words = id.replace('-', ' ').replace('_', ' ').strip();
    return words.isEmpty()
        ? id
        : words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }
}
