package dev.repofleet.e2b.local.machine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.e2b.local.wire.RpcCode;
import dev.repofleet.e2b.local.wire.RpcException;

/** Columns and rows of a terminal, 1 to 65,535 each. */
public record TerminalSize(int columns, int rows) {
  private static final int LARGEST = 65_535;

  /** Reads {@code {size:{cols,rows}}}. */
  public static TerminalSize of(JsonNode pty) {
    JsonNode size = pty.path("size");
    int columns = size.path("cols").asInt(0);
    int rows = size.path("rows").asInt(0);
    if (columns < 1 || columns > LARGEST || rows < 1 || rows > LARGEST) {
      throw new RpcException(
          RpcCode.INVALID_ARGUMENT, "pty.size needs cols and rows, 1 to " + LARGEST);
    }
    return new TerminalSize(columns, rows);
  }
}
