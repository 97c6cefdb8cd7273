package dev.repofleet.e2b.local.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.wire.ApiException;
import dev.repofleet.e2b.local.wire.Wire;

/**
 * What becomes of a sandbox when its time is over, and of a paused one when somebody calls into it
 * (E2B contract, 1.4 and 8).
 *
 * @param autoPause paused in place of killed
 * @param keepMemory whether that pause keeps the processes; without, only the files stay
 * @param autoResume whether a request to a paused one wakes it
 */
public record Lifecycle(boolean autoPause, boolean keepMemory, boolean autoResume) {
  static final Lifecycle KILL = new Lifecycle(false, true, false);

  static Lifecycle of(ObjectNode body) {
    boolean autoPause = body.path("autoPause").asBoolean(false);
    boolean keepMemory = body.path("autoPauseMemory").asBoolean(true);
    boolean autoResume = body.path("autoResume").path("enabled").asBoolean(false);
    if (autoResume && !autoPause) {
      throw ApiException.of(400, "autoResume needs autoPause");
    }
    if (autoResume && !keepMemory) {
      throw ApiException.of(400, "autoResume can't be combined with autoPauseMemory false");
    }
    return new Lifecycle(autoPause, keepMemory, autoResume);
  }

  /** As a create's body has it. */
  void writeTo(ObjectNode body) {
    body.put("autoPause", autoPause).put("autoPauseMemory", keepMemory);
    body.putObject("autoResume").put("enabled", autoResume);
  }

  JsonNode json() {
    return Wire.object()
        .put("onTimeout", autoPause ? "pause" : "kill")
        .put("autoResume", autoResume);
  }
}
