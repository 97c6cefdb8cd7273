package dev.repofleet.e2b;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the API knows of a sandbox at one moment.
 *
 * @param sandboxId the id, {@code i} and twenty letters or digits
 * @param template the id of the template it was made from
 * @param alias the template's name, if it has one
 * @param state running or paused
 * @param startedAt when the present run began, by the server's clock; a resume begins a new one
 * @param endAt when the run will end; for a paused sandbox the moment it was paused, in the past
 * @param metadata the labels of its creation
 * @param envdVersion the version of the agent inside
 * @param cpuCount virtual CPUs
 * @param memoryMb memory in MiB
 * @param diskSizeMb disk in MiB
 * @param network what it may reach and who may come; null in a list, and where nothing was set
 */
public record SandboxInfo(
    String sandboxId,
    String template,
    @Nullable String alias,
    SandboxState state,
    Instant startedAt,
    Instant endAt,
    Map<String, String> metadata,
    String envdVersion,
    int cpuCount,
    int memoryMb,
    int diskSizeMb,
    @Nullable NetworkInfo network) {

  /** Copies the metadata. */
  public SandboxInfo {
    metadata = Map.copyOf(metadata);
  }

  /** As a list tells it: without the network. */
  public SandboxInfo(
      String sandboxId,
      String template,
      @Nullable String alias,
      SandboxState state,
      Instant startedAt,
      Instant endAt,
      Map<String, String> metadata,
      String envdVersion,
      int cpuCount,
      int memoryMb,
      int diskSizeMb) {
    this(
        sandboxId,
        template,
        alias,
        state,
        startedAt,
        endAt,
        metadata,
        envdVersion,
        cpuCount,
        memoryMb,
        diskSizeMb,
        null);
  }
}
