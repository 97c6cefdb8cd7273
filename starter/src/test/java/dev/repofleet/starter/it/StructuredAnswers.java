package dev.repofleet.starter.it;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.model.Conversation;
import dev.repofleet.e2b.local.model.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Other words for what a script answers. */
final class StructuredAnswers {
  private StructuredAnswers() {}

  /**
   * The reply with its structured answers changed, and all else as it is.
   *
   * @throws IllegalStateException for a reply that is no answer
   */
  static Reply changed(Reply reply, UnaryOperator<ObjectNode> change) {
    if (!(reply instanceof Reply.Answer answer)) {
      throw new IllegalStateException("the script was to answer, and did not: " + reply);
    }
    List<Reply.Block> blocks = new ArrayList<>();
    for (Reply.Block block : answer.blocks()) {
      blocks.add(
          block instanceof Reply.ToolCall call && call.name().equals(Conversation.STRUCTURED_OUTPUT)
              ? new Reply.ToolCall(call.name(), change.apply(call.input().deepCopy()))
              : block);
    }
    return new Reply.Answer(blocks, answer.delay());
  }
}
