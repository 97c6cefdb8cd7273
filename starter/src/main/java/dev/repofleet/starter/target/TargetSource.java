package dev.repofleet.starter.target;

import java.util.function.Consumer;

/** Something that names targets, such as the repositories of an organisation. */
public interface TargetSource {
  /** What it is, to begin messages about its targets with. */
  String name();

  /**
   * Names all of them, in an order that stays. Blocks.
   *
   * @param target gets the URL of each
   * @param talk gets the lines about what is left out
   * @throws RuntimeException that has an exit code and a sentence, when there are none or they
   *     can't be read
   */
  void read(Consumer<String> target, Consumer<String> talk);
}
