package dev.repofleet.e2b.local.template;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.sandbox.Sandbox;
import dev.repofleet.e2b.local.sandbox.TemplateImage;
import dev.repofleet.e2b.local.wire.Wire;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A template with its builds, or a snapshot, which is one with a single build. Thread-safe.
 *
 * <p>A tag names the build that sandboxes get; {@code default} is the one without a name.
 */
public final class Template {
  public static final String DEFAULT_TAG = "default";

  private final String id;
  private final String name;
  private final @Nullable String snapshotOf;
  private final Instant createdAt;
  private final Map<String, String> tags = new LinkedHashMap<>();
  private final Map<String, TemplateBuild> builds = new LinkedHashMap<>();
  private int cpuCount;
  private int memoryMegabytes;
  private Instant updatedAt;

  /**
   * @param name empty for a snapshot without one
   * @param snapshotOf the sandbox it is a snapshot of; null for a template
   */
  Template(String id, String name, @Nullable String snapshotOf, Instant createdAt) {
    this.id = id;
    this.name = name;
    this.snapshotOf = snapshotOf;
    this.createdAt = createdAt;
    this.updatedAt = createdAt;
  }

  public String id() {
    return id;
  }

  /** Empty if it has none. */
  public String name() {
    return name;
  }

  public @Nullable String snapshotOf() {
    return snapshotOf;
  }

  public Instant createdAt() {
    return createdAt;
  }

  synchronized int cpuCount() {
    return cpuCount;
  }

  synchronized int memoryMegabytes() {
    return memoryMegabytes;
  }

  public synchronized void size(int cpus, int megabytes) {
    cpuCount = cpus;
    memoryMegabytes = megabytes;
  }

  synchronized void add(TemplateBuild build, Instant now) {
    builds.put(build.id(), build);
    updatedAt = now;
  }

  public synchronized Optional<TemplateBuild> build(String buildId) {
    return Optional.ofNullable(builds.get(buildId));
  }

  synchronized List<TemplateBuild> builds() {
    return List.copyOf(builds.values());
  }

  public synchronized void tag(String tag, String buildId) {
    tags.put(tag, buildId);
  }

  public synchronized boolean untag(String tag) {
    return tags.remove(tag) != null;
  }

  public synchronized Map<String, String> tags() {
    return new LinkedHashMap<>(tags);
  }

  /** What a sandbox of this tag starts from; empty if no build of it is ready. */
  synchronized Optional<TemplateImage> image(String tag) {
    return Optional.ofNullable(tags.get(tag)).map(builds::get).flatMap(TemplateBuild::image);
  }

  /** An entry of the list of templates. */
  public synchronized ObjectNode listed() {
    ObjectNode json = Wire.object().put("templateID", id);
    json.put("buildID", tags.getOrDefault(DEFAULT_TAG, ""));
    json.put("cpuCount", cpuCount).put("memoryMB", memoryMegabytes).put("diskSizeMB", 1024);
    json.put("public", false);
    names(json.putArray("names"));
    names(json.putArray("aliases"));
    json.put("createdAt", time(createdAt)).put("updatedAt", time(updatedAt));
    json.putNull("createdBy").putNull("lastSpawnedAt").put("spawnCount", 0);
    json.put("buildCount", builds.size()).put("envdVersion", Sandbox.ENVD_VERSION);
    String status = "waiting";
    for (TemplateBuild build : builds.values()) {
      status = build.status().wireName();
    }
    return json.put("buildStatus", status);
  }

  private void names(ArrayNode array) {
    if (!name.isEmpty()) {
      array.add(name);
    }
  }

  public static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MICROS).toString();
  }
}
