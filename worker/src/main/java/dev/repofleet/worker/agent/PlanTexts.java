package dev.repofleet.worker.agent;

import dev.repofleet.artifacts.plan.PromptTemplate;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.activities.agent.PromptFacts;
import dev.repofleet.workflows.activities.agent.TurnInput;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The texts of a plan with the facts of one repository in them. They come out of the turn's input
 * alone, so that every attempt at a turn says the same. Immutable.
 */
final class PlanTexts {
  private static final String UNKNOWN = "unknown";
  private static final List<String> UNITS = List.of("KiB", "MiB", "GiB", "TiB");

  private final Map<String, String> facts;

  PlanTexts(TurnInput turn) {
    Map<String, String> known = new HashMap<>();
    PromptTemplate.FACTS.forEach(name -> known.put(name, UNKNOWN));
    PromptTemplate.FINDINGS.forEach(name -> known.put(name, UNKNOWN));
    known.put("commit", turn.commit());
    known.put("subpath", turn.subpath() == null ? "." : turn.subpath());
    if (turn.facts() != null) {
      add(turn.facts(), known);
    }
    this.facts = Map.copyOf(known);
  }

  private static void add(PromptFacts told, Map<String, String> known) {
    known.put("repository", told.repository());
    known.put("ref", ref(told.ref()));
    known.put("languages", languages(told));
    known.put("files", Integer.toString(told.files()));
    known.put("size", size(told.bytes()));
    SeverityCounts findings = told.findings();
    known.put("findings.total", Integer.toString(findings.total()));
    known.put("findings.critical", Integer.toString(findings.critical()));
    known.put("findings.high", Integer.toString(findings.high()));
    known.put("findings.medium", Integer.toString(findings.medium()));
    known.put("findings.low", Integer.toString(findings.low()));
    known.put("findings.info", Integer.toString(findings.info()));
  }

  /** A text with its facts. */
  String filled(String text) {
    return PromptTemplate.fill(text, facts);
  }

  /** The same of a text that a plan may lack. */
  @Nullable String filledIfThere(@Nullable String text) {
    return text == null ? null : filled(text);
  }

  private static String ref(@Nullable String ref) {
    return ref == null ? "HEAD" : ref.replaceFirst("^refs/(?:heads|tags)/", "");
  }

  private static String languages(PromptFacts told) {
    List<String> languages = told.languages();
    if (languages.isEmpty()) {
      return "none known";
    }
    if (told.languagePercents().size() != languages.size()) {
      return String.join(", ", languages);
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < languages.size(); i++) {
      int percent = told.languagePercents().get(i);
      text.append(i == 0 ? "" : ", ").append(languages.get(i));
      text.append(percent < 1 ? " under 1 %" : " " + percent + " %");
    }
    return text.toString();
  }

  private static String size(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double amount = bytes / 1024.0;
    int unit = 0;
    while (amount >= 1023.95 && unit < UNITS.size() - 1) {
      amount /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", amount, UNITS.get(unit));
  }
}
