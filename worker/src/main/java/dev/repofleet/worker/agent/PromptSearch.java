package dev.repofleet.worker.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.Arrays;

/**
 * Looks for a prompt in a transcript that comes in pieces. Lines alone do not tell: the CLI writes
 * two of its own before the prompt, and one that was killed then can't be resumed (observed,
 * version 2.1.197). For one thread.
 */
final class PromptSearch {
  /** A prompt of the greatest length, every character of it escaped. */
  private static final int MAX_LINE = 8 << 20;

  private final LineSplitter lines = new LineSplitter(MAX_LINE, this::line);
  private long before;
  private boolean found;

  /**
   * @param before bytes at the beginning that are passed over
   */
  PromptSearch(long before) {
    this.before = before;
  }

  void accept(byte[] bytes, int count) {
    int over = (int) Math.min(before, count);
    before -= over;
    if (!found && over < count) {
      lines.accept(over == 0 ? bytes : Arrays.copyOfRange(bytes, over, count), count - over);
    }
  }

  /** No more will come. */
  void end() {
    lines.end();
  }

  boolean found() {
    return found;
  }

  private void line(String line) {
    try {
      found |= AgentStream.JSON.readTree(line).path("type").asText().equals("user");
    } catch (JsonProcessingException e) {
      // A line that was cut off is no prompt that the agent has read.
      return;
    }
  }
}
