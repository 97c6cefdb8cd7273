package dev.repofleet.starter.command;

import java.net.URI;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Everything a batch needs, run on this machine for as long as the batch is watched: what {@code
 * --local} asks for. The command that opened it closes it.
 *
 * <p>It is an interface because only {@code dev.repofleet.starter.embedded} may see the worker and
 * the local sandboxes.
 */
public interface LocalStack extends AutoCloseable {

  /**
   * The variables with which a client reaches this stack: {@code TEMPORAL_ADDRESS}, those of {@code
   * E2B_*} it made itself, and {@code REPOFLEET_ARTIFACTS}. They come on top of the process's own.
   */
  Map<String, String> environment();

  /** The page of one workflow in Temporal's web interface. */
  URI ui(String workflowId);

  /** Whether {@code repofleet up} goes on from its state once it has ended. */
  default boolean isKept() {
    return true;
  }

  /** Ends all parts in bounded time; the state stays in the data folder. Never throws. */
  @Override
  void close();

  /** Starts such a stack. */
  @FunctionalInterface
  interface Starter {
    /**
     * Blocks until the stack takes work: for seconds, or minutes when Temporal is installed first.
     *
     * @param talk gets lines for a person
     * @throws RuntimeException that is a {@link picocli.CommandLine.IExitCodeGenerator} and has a
     *     sentence for a person, when a part can't be had; nothing runs then
     */
    LocalStack open(LocalStackOptions options, Consumer<String> talk);
  }
}
