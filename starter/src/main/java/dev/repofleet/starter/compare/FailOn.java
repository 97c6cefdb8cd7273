package dev.repofleet.starter.compare;

import dev.repofleet.artifacts.finding.LifecycleState;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.render.PlainText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * What a comparison must not have: {@code new:high}, or several with commas between them.
 *
 * @param state which findings
 * @param least how severe they are at least
 */
record FailOn(LifecycleState state, Severity least) {

  /**
   * Reads {@code STATE:SEVERITY[,STATE:SEVERITY…]}.
   *
   * @throws CommandException with exit code 2 when it is something else
   */
  static List<FailOn> parse(String text) {
    List<FailOn> all = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String[] words = part.strip().split(":", -1);
      if (words.length != 2) {
        throw CommandException.wrongUse(
            "--fail-on '"
                + PlainText.of(part, 40)
                + "' is not STATE:SEVERITY, such as new:high or reopened:medium");
      }
      all.add(
          new FailOn(
              one(words[0], LifecycleState.values(), LifecycleState::word),
              one(words[1], Severity.values(), Severity::word)));
    }
    return all;
  }

  private static <T> T one(String word, T[] values, Function<T, String> name) {
    return Arrays.stream(values)
        .filter(value -> name.apply(value).equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                CommandException.wrongUse(
                    "--fail-on knows no '"
                        + PlainText.of(word, 40)
                        + "': "
                        + String.join(", ", Arrays.stream(values).map(name).toList())));
  }

  boolean holds(BatchDifference difference) {
    return difference.count(state, least) > 0;
  }

  String words(BatchDifference difference) {
    return "%d %s of severity %s or above"
        .formatted(difference.count(state, least), state.word(), least.word());
  }
}
