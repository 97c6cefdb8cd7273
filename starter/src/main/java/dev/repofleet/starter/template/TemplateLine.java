package dev.repofleet.starter.template;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.repofleet.e2b.BuildLog;
import dev.repofleet.e2b.TemplateBuild;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a build, as a JSON line: the last one.
 *
 * @param template its name
 * @param names what sandboxes can be created by
 * @param status {@code ready} or {@code failed}
 * @param step that failed, by its number from 1 or its name
 * @param message why
 */
@JsonPropertyOrder({
  "type",
  "template",
  "templateId",
  "buildId",
  "names",
  "status",
  "step",
  "message"
})
record TemplateLine(
    String template,
    String templateId,
    String buildId,
    List<String> names,
    String status,
    @Nullable String step,
    @Nullable String message) {

  static TemplateLine ready(String template, TemplateBuild build) {
    return new TemplateLine(
        template, build.templateId(), build.buildId(), build.names(), "ready", null, null);
  }

  static TemplateLine failed(
      String template, TemplateBuild build, @Nullable String step, @Nullable String message) {
    return new TemplateLine(
        template, build.templateId(), build.buildId(), build.names(), "failed", step, message);
  }

  /** What tells this line from others. */
  @JsonProperty("type")
  String type() {
    return "template";
  }

  /**
   * A line of the build's log.
   *
   * @param at by E2B's clock
   * @param level in E2B's words
   */
  @JsonPropertyOrder({"type", "at", "level", "message"})
  record Log(Instant at, String level, String message) {
    static Log of(BuildLog line) {
      return new Log(line.at(), line.level(), line.message());
    }

    /** What tells this line from others. */
    @JsonProperty("type")
    String type() {
      return "build_log";
    }
  }
}
