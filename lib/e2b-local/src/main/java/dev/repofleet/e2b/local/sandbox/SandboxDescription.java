package dev.repofleet.e2b.local.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.wire.ApiException;
import dev.repofleet.e2b.local.wire.RpcException;
import dev.repofleet.e2b.local.wire.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A paused sandbox as it stands on disk beside its files, so that the next server finds it. Its
 * processes are not in it: they end with the server.
 *
 * @param startedAt when its last run began
 * @param endAt when it was paused
 */
public record SandboxDescription(
    String id, NewSandbox request, TemplateImage image, Instant startedAt, Instant endAt) {
  private static final Logger log = LoggerFactory.getLogger(SandboxDescription.class);
  private static final String FILE = "sandbox.json";

  public static SandboxDescription of(Sandbox sandbox) {
    return new SandboxDescription(
        sandbox.id(),
        sandbox.request().with(sandbox.network()),
        sandbox.image(),
        sandbox.startedAt(),
        sandbox.endAt());
  }

  /** Reads the one in a sandbox's folder; empty for one that was not paused. */
  public static Optional<SandboxDescription> read(Path folder) {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try {
      ObjectNode json = Wire.parse(Files.readAllBytes(file));
      NewSandbox request = NewSandbox.of(json.withObject("/request"), false);
      ObjectNode image = json.withObject("/image");
      return Optional.of(
          new SandboxDescription(
              String.valueOf(folder.getFileName()),
              request,
              TemplateImage.described(
                  image, image.path("id").asText(), image.path("alias").asText(), null),
              Instant.parse(json.path("startedAt").asText()),
              Instant.parse(json.path("endAt").asText())));
    } catch (IOException | DateTimeException | ApiException | RpcException damaged) {
      log.warn("{} can't be read, and its sandbox is lost: {}", file, damaged.getMessage());
      return Optional.empty();
    }
  }

  /** Writes it, whole or not at all. It holds the sandbox's variables: for the owner's eyes. */
  public void write(Path folder) throws IOException {
    ObjectNode json =
        Wire.object().put("startedAt", startedAt.toString()).put("endAt", endAt.toString());
    json.set("request", request.body());
    ObjectNode described = json.putObject("image");
    described.put("id", image.templateId()).put("alias", image.alias());
    image.describe(described);
    Path next = folder.resolve(FILE + ".next");
    Files.deleteIfExists(next);
    Files.createFile(
        next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(next, Wire.bytes(json));
    Files.move(next, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Before it runs again, or ends: what changes then is no longer what was paused. */
  public static void delete(Path folder) {
    try {
      Files.deleteIfExists(folder.resolve(FILE));
    } catch (IOException failed) {
      log.warn("{} can't be deleted: {}", folder.resolve(FILE), failed.toString());
    }
  }
}
