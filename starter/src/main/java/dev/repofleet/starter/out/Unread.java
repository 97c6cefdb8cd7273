package dev.repofleet.starter.out;

import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.render.Wording;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What of a batch's results the artifact store did not give. Each file is told once and the others
 * are written; then the command fails, since a report that lacks findings looks like a clean one.
 * For one thread.
 */
final class Unread {
  private final Set<String> files = new HashSet<>();
  private final Consumer<String> talk;

  /**
   * None so far.
   *
   * @param talk gets a line for each
   */
  Unread(Consumer<String> talk) {
    this.talk = talk;
  }

  /** A repository's file can't be read; telling it again does nothing. */
  void add(BatchRow row, String file, String reason) {
    if (files.add(row.key() + "/" + file)) {
      talk.accept(row.target() + ": " + file + " can't be read: " + reason);
    }
  }

  /**
   * Ends what has been written.
   *
   * @throws CommandException with exit code 5 when something is missing in it
   */
  void requireNone() {
    if (!files.isEmpty()) {
      throw CommandException.unreachable(
          Wording.count(files.size(), "file", "files")
              + " of the results can't be read in the artifact store, as named above, and what was"
              + " written lacks what is in them: look after the store, and write it again",
          null);
    }
  }
}
