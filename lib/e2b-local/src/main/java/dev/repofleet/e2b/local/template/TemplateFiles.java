package dev.repofleet.e2b.local.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.host.Trash;
import dev.repofleet.e2b.local.sandbox.TemplateImage;
import dev.repofleet.e2b.local.wire.RpcException;
import dev.repofleet.e2b.local.wire.Wire;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How templates stand on disk: a folder each, with {@code template.json}. Stateless. */
final class TemplateFiles {
  private static final Logger log = LoggerFactory.getLogger(TemplateFiles.class);
  private static final String DESCRIPTION = "template.json";
  private static final String LOST = "the server ended while it was being built; build it again";

  private TemplateFiles() {}

  /** Reads all; a folder that tells nothing usable is left over from a failure and removed. */
  static List<Template> readAll(Path directory, InstantSource clock) throws IOException {
    List<Template> found = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(directory)) {
      for (Path folder : folders) {
        Optional<Template> template = read(folder, clock);
        if (template.isPresent()) {
          found.add(template.get());
        } else {
          Trash.delete(folder);
        }
      }
    }
    return found;
  }

  private static Optional<Template> read(Path folder, InstantSource clock) {
    Path file = folder.resolve(DESCRIPTION);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      ObjectNode json = Wire.parse(Files.readAllBytes(file));
      String source = json.path("snapshotOf").asText("");
      Template template =
          new Template(
              json.path("id").asText(),
              json.path("name").asText(),
              source.isEmpty() ? null : source,
              Instant.parse(json.path("createdAt").asText()));
      template.size(json.path("cpuCount").asInt(), json.path("memoryMB").asInt());
      for (JsonNode build : json.path("builds")) {
        template.add(build(folder, template, build, clock), clock.instant());
      }
      json.path("tags")
          .propertyStream()
          .forEach(tag -> template.tag(tag.getKey(), tag.getValue().asText()));
      return Optional.of(template);
    } catch (IOException | DateTimeParseException | RpcException damaged) {
      log.warn("{} can't be read and is removed: {}", file, damaged.getMessage());
      return Optional.empty();
    }
  }

  private static TemplateBuild build(
      Path folder, Template template, JsonNode json, InstantSource clock) {
    TemplateBuild build = new TemplateBuild(json.path("id").asText(), clock);
    if (json.path("status").asText().equals(TemplateBuild.Status.READY.wireName())) {
      build.ready(
          TemplateImage.described(
              (ObjectNode) json, template.id(), template.name(), folder.resolve(build.id())));
    } else {
      String failure = json.path("failure").asText();
      build.fail(failure.isEmpty() ? LOST : failure, "");
    }
    return build;
  }

  /** Writes the description, whole or not at all. */
  static void write(Path folder, Template template) throws IOException {
    ObjectNode json =
        Wire.object()
            .put("id", template.id())
            .put("name", template.name())
            .put("snapshotOf", template.snapshotOf())
            .put("createdAt", template.createdAt().toString())
            .put("cpuCount", template.cpuCount())
            .put("memoryMB", template.memoryMegabytes());
    ObjectNode tags = json.putObject("tags");
    template.tags().forEach(tags::put);
    var builds = json.putArray("builds");
    for (TemplateBuild build : template.builds()) {
      ObjectNode one = builds.addObject().put("id", build.id());
      one.put("status", build.status().wireName()).put("failure", build.failure());
      build.image().ifPresent(image -> image.describe(one));
    }
    Path next = folder.resolve(DESCRIPTION + ".next");
    Files.write(next, Wire.bytes(json));
    Files.move(next, folder.resolve(DESCRIPTION), StandardCopyOption.ATOMIC_MOVE);
  }
}
