package dev.repofleet.starter.render;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.repofleet.artifacts.finding.SeverityCounts;
import dev.repofleet.artifacts.result.RepositoryStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One repository entered another stage or turn, or ended. As a line of {@code --json} its form is
 * for scripts and lasts.
 *
 * @param at when it was seen
 * @param batch id
 * @param index of the target, from 0; not in JSON
 * @param total number of targets; not in JSON
 * @param key of the repository
 * @param target as the person typed it
 * @param stage it is in; {@code done} at the end
 * @param turn of the agent, from 0
 * @param status at the end only
 * @param cause at the end, of anything but complete
 * @param costUsd so far, US dollars
 * @param findings so far, by severity
 * @param took at the end, where it is known; not in JSON
 */
@JsonPropertyOrder({
  "type",
  "at",
  "batch",
  "key",
  "target",
  "stage",
  "turn",
  "status",
  "cause",
  "costUsd",
  "findings"
})
public record RepositoryEvent(
    Instant at,
    String batch,
    @JsonIgnore int index,
    @JsonIgnore int total,
    String key,
    String target,
    String stage,
    int turn,
    @Nullable RepositoryStatus status,
    @Nullable String cause,
    double costUsd,
    SeverityCounts findings,
    @JsonIgnore @Nullable Duration took) {
  /** Refuses absent parts. */
  public RepositoryEvent {
    Objects.requireNonNull(at, "at");
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(stage, "stage");
    Objects.requireNonNull(findings, "findings");
  }

  /** What tells this line from that of a batch. */
  @JsonProperty("type")
  public String type() {
    return "repository";
  }

  /** The line for a person: {@code [3/12] owner/name run turn 0}. */
  public String line() {
    String prefix =
        "[" + (index + 1) + "/" + total + "] " + PlainText.of(target, 200) + "  " + stage;
    if (status != null) {
      return prefix
          + " "
          + status.word()
          + (cause == null ? "" : " (" + cause + ")")
          + " · "
          + Wording.count(findings.total(), "finding", "findings")
          + " · "
          + Wording.dollars(costUsd);
    }
    return stage.equals("run") || stage.equals("follow_up") ? prefix + " turn " + turn : prefix;
  }
}
