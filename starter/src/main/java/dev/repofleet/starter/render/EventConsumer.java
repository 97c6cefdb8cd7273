package dev.repofleet.starter.render;

import org.jspecify.annotations.Nullable;

/** Gets the agent's events, line by line. */
@FunctionalInterface
public interface EventConsumer {

  /**
   * One line of the stream, without its end.
   *
   * @param turn it belongs to, from 0; absent when it is not known
   */
  void event(@Nullable Integer turn, String line);
}
