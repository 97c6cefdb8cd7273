package dev.repofleet.starter.sandboxes;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.e2b.SandboxState;
import dev.repofleet.workflows.client.LeaseLabels;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A sandbox as a JSON line.
 *
 * @param state {@code running} or {@code paused}
 * @param batch absent where the labels name no review
 * @param key likewise
 * @param startedAt of its present run, by E2B's clock
 * @param reason for the owner
 * @param action what {@code reap} did; absent where it left the sandbox alone
 */
@JsonPropertyOrder({
  "type",
  "sandboxId",
  "state",
  "owner",
  "batch",
  "key",
  "startedAt",
  "reason",
  "action"
})
record SandboxLine(
    String sandboxId,
    String state,
    Owner owner,
    @Nullable String batch,
    @Nullable String key,
    Instant startedAt,
    String reason,
    @Nullable String action) {

  static SandboxLine of(
      SandboxInfo sandbox, @Nullable LeaseLabels lease, Verdict verdict, @Nullable String action) {
    return new SandboxLine(
        sandbox.sandboxId(),
        state(sandbox),
        verdict.owner(),
        lease == null ? null : lease.batch(),
        lease == null ? null : lease.key(),
        sandbox.startedAt(),
        verdict.reason(),
        action);
  }

  /** In a word. */
  static String state(SandboxInfo sandbox) {
    return sandbox.state() == SandboxState.RUNNING ? "running" : "paused";
  }

  /** What tells this line from others. */
  @JsonProperty("type")
  String type() {
    return "sandbox";
  }
}
