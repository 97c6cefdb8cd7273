package dev.repofleet.starter.plan;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A text that the agent's program gets as one of its arguments. Linux takes 128 KiB for one, with
 * the facts that are put into it.
 */
final class AgentArgument {
  private static final int MAX_KIB = 120;

  private AgentArgument() {}

  /** Why a text can't be one, to stand behind what it is; empty when it can. */
  static Optional<String> mistake(String text) {
    int kib = (text.getBytes(StandardCharsets.UTF_8).length + 1023) / 1024;
    return kib <= MAX_KIB
        ? Optional.empty()
        : Optional.of(
            "has %d KiB, and the agent takes %d as an argument; a prompt alone may be longer"
                .formatted(kib, MAX_KIB));
  }
}
