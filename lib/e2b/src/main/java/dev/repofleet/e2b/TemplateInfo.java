package dev.repofleet.e2b;

import java.time.Instant;
import java.util.List;

/**
 * What the API knows of a template at one moment.
 *
 * @param buildId of its last build that went well; empty if none did
 * @param state of its last build
 * @param names what sandboxes can be created by, beside the id
 * @param isPublic whether other teams may use it
 * @param cpuCount virtual CPUs of each sandbox
 * @param memoryMb memory of each in MiB
 * @param diskSizeMb disk of each in MiB
 */
public record TemplateInfo(
    String templateId,
    String buildId,
    BuildStatus.State state,
    List<String> names,
    boolean isPublic,
    int cpuCount,
    int memoryMb,
    int diskSizeMb,
    Instant createdAt,
    Instant updatedAt) {
  /** Copies the names. */
  public TemplateInfo {
    names = List.copyOf(names);
  }
}
