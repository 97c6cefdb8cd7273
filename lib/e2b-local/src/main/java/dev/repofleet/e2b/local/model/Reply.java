package dev.repofleet.e2b.local.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One reply of the scripted model: an answer, or an API error. Immutable. */
public sealed interface Reply {
  /** How long the model thinks before it; zero or more. */
  Duration delay();

  /** An answer of one text, which ends the turn. */
  static Reply text(String text) {
    return new Answer(List.of(new Text(text)), Duration.ZERO);
  }

  /** An answer that says something and calls one tool. */
  static Reply tool(String text, String name, ObjectNode input) {
    return new Answer(List.of(new Text(text), new ToolCall(name, input)), Duration.ZERO);
  }

  /** The same reply after a delay. */
  Reply after(Duration delay);

  /**
   * Text and tool calls. It ends the turn unless a tool is called.
   *
   * @param blocks at least one
   * @param delay between the beginning of the stream and the first block
   */
  record Answer(List<Block> blocks, Duration delay) implements Reply {
    /** Refuses no blocks and a negative delay. */
    public Answer {
      blocks = List.copyOf(blocks);
      if (blocks.isEmpty()) {
        throw new IllegalArgumentException("an answer needs at least one block");
      }
      requireDelay(delay);
    }

    @Override
    public Reply after(Duration delay) {
      return new Answer(blocks, delay);
    }
  }

  /**
   * An error of the API.
   *
   * @param status HTTP status from 400 to 599, such as 429 or 529
   * @param type the API's word for it, such as {@code rate_limit_error}
   * @param message for people
   * @param retryAfter sent as {@code retry-after} in whole seconds when present
   * @param delay before the status
   */
  record ApiError(
      int status, String type, String message, @Nullable Duration retryAfter, Duration delay)
      implements Reply {
    /** Refuses a status that is no error. */
    public ApiError {
      if (status < 400 || status > 599) {
        throw new IllegalArgumentException("status " + status + " is not an error (400 to 599)");
      }
      Objects.requireNonNull(type, "type");
      Objects.requireNonNull(message, "message");
      requireDelay(delay);
    }

    /** An error at once, without {@code retry-after}. */
    public ApiError(int status, String type, String message) {
      this(status, type, message, null, Duration.ZERO);
    }

    @Override
    public Reply after(Duration delay) {
      return new ApiError(status, type, message, retryAfter, delay);
    }
  }

  /** A part of an answer. */
  sealed interface Block {}

  /**
   * Plain text.
   *
   * @param text not empty: the API knows no empty text block
   */
  record Text(String text) implements Block {
    /** Refuses an empty text. */
    public Text {
      if (text.isEmpty()) {
        throw new IllegalArgumentException("a text block must not be empty");
      }
    }
  }

  /**
   * A call of one of the client's tools.
   *
   * @param name of a tool that the request offers, such as {@code Bash}
   * @param input as the tool's schema wants it
   */
  record ToolCall(String name, ObjectNode input) implements Block {
    /** Keeps a copy of the input. */
    public ToolCall {
      Objects.requireNonNull(name, "name");
      input = input.deepCopy();
    }
  }

  private static void requireDelay(Duration delay) {
    if (delay.isNegative()) {
      throw new IllegalArgumentException("delay " + delay + " is negative");
    }
  }
}
