package dev.repofleet.starter.plan;

import dev.repofleet.artifacts.plan.PromptTemplate;
import dev.repofleet.artifacts.plan.PromptTemplate.Placeholder;
import dev.repofleet.starter.command.NearestName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the mistakes in a text's places for facts before anything is paid for. */
final class FactPlaces {
  private static final List<String> ALL =
      Stream.concat(PromptTemplate.FACTS.stream(), PromptTemplate.FINDINGS.stream()).toList();

  private FactPlaces() {}

  /**
   * What is wrong with the first place that is none, as a sentence for the one who wrote the text.
   *
   * @param followUp whether it is a follow-up's, which knows the findings too
   */
  static Optional<String> mistake(String text, boolean followUp) {
    List<String> known = followUp ? ALL : PromptTemplate.FACTS;
    return PromptTemplate.placeholders(text).stream()
        .filter(place -> place.name() == null || !known.contains(place.name()))
        .findFirst()
        .map(place -> "line " + place.line() + ": " + sentence(place, known));
  }

  private static String sentence(Placeholder place, List<String> known) {
    String name = place.name();
    if (name == null) {
      return "'{{' begins a fact such as {{repository}} and is not closed; write {{{{ for the braces"
          + " themselves";
    }
    if (PromptTemplate.FINDINGS.contains(name)) {
      return "{{" + name + "}} is known in the prompts of 'followUps' only";
    }
    return "there is no fact {{"
        + name
        + "}}"
        + NearestName.of(name, known).map(near -> ", did you mean {{" + near + "}}?").orElse(";")
        + " known are "
        + String.join(", ", known)
        + "; write {{{{ for the braces themselves";
  }
}
