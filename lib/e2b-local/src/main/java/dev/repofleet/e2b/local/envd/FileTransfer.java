package dev.repofleet.e2b.local.envd;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.http.Exchange;
import dev.repofleet.e2b.local.http.RequestInputStream;
import dev.repofleet.e2b.local.http.ResponseWriter;
import dev.repofleet.e2b.local.machine.LinuxUser;
import dev.repofleet.e2b.local.machine.SandboxFiles;
import dev.repofleet.e2b.local.machine.SandboxPaths;
import dev.repofleet.e2b.local.sandbox.Sandbox;
import dev.repofleet.e2b.local.wire.ApiException;
import dev.repofleet.e2b.local.wire.ByteRange;
import dev.repofleet.e2b.local.wire.HttpReply;
import dev.repofleet.e2b.local.wire.MultipartReader;
import dev.repofleet.e2b.local.wire.RpcCode;
import dev.repofleet.e2b.local.wire.RpcException;
import dev.repofleet.e2b.local.wire.Wire;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/** envd's /files: whole files and ranges out, uploads in, all streamed (E2B contract, 5.2). */
public final class FileTransfer {
  private static final int CHUNK = 64 * 1024;

  void download(Exchange exchange, Sandbox sandbox) {
    ResponseWriter writer = exchange.writer();
    exchange.execute(
        () -> {
          try {
            send(exchange, sandbox, writer);
          } catch (RpcException refused) {
            exchange.reply(refusal(refused));
          } catch (IOException failed) {
            exchange.reply(exchange.refusal(failed));
          } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            writer.cut();
          }
        });
  }

  private static void send(Exchange exchange, Sandbox sandbox, ResponseWriter writer)
      throws IOException, InterruptedException {
    LinuxUser user = user(exchange, sandbox);
    String path = SandboxPaths.absolute(exchange.parameter("path"), user);
    Optional<ByteRange> range = ByteRange.of(exchange.header("Range"));
    long first = range.map(ByteRange::first).orElse(0L);
    long last = range.map(ByteRange::last).orElse(-1L);
    try (SandboxFiles.Reading reading = sandbox.machine().files(user).read(path, first, last)) {
      if (range.isPresent() && reading.count() == 0) {
        exchange.reply(
            HttpReply.text(416, "bytes */" + reading.size())
                .withHeader("Content-Range", "bytes */" + reading.size()));
        return;
      }
      HttpServerResponse response = writer.response();
      response.setStatusCode(range.isPresent() ? 206 : 200);
      response.putHeader("Content-Type", "application/octet-stream");
      response.putHeader("Accept-Ranges", "bytes");
      response.putHeader("Content-Length", Long.toString(reading.count()));
      response.putHeader(
          "Content-Disposition",
          "inline; filename*=UTF-8''"
              + URLEncoder.encode(SandboxPaths.name(path), StandardCharsets.UTF_8)
                  .replace("+", "%20"));
      if (range.isPresent()) {
        response.putHeader(
            "Content-Range",
            "bytes %d-%d/%d"
                .formatted(reading.first(), reading.first() + reading.count() - 1, reading.size()));
      }
      copy(reading, writer);
    }
  }

  private static void copy(SandboxFiles.Reading reading, ResponseWriter writer)
      throws IOException, InterruptedException {
    long left = reading.count();
    while (left > 0) {
      byte[] chunk = reading.content().readNBytes((int) Math.min(CHUNK, left));
      if (chunk.length == 0) {
        // The file was cut meanwhile: the promised length can't be kept.
        writer.cut();
        return;
      }
      left -= chunk.length;
      if (!writer.write(chunk)) {
        return;
      }
    }
    writer.end(new byte[0]);
  }

  void upload(Exchange exchange, Sandbox sandbox) {
    RequestInputStream body = new RequestInputStream(exchange.request());
    exchange.execute(
        () -> {
          try {
            exchange.reply(receive(exchange, sandbox, body));
          } catch (RpcException refused) {
            exchange.reply(refusal(refused));
          } catch (ApiException refused) {
            exchange.reply(refused.reply());
          } catch (IOException failed) {
            exchange.reply(HttpReply.error(400, "the upload failed: " + failed.getMessage()));
          }
        });
  }

  /** Puts files together to one, in place of them (E2B contract, 5.2). */
  HttpReply compose(Exchange exchange, Sandbox sandbox, byte[] body) {
    try {
      ObjectNode request = Wire.parse(body);
      String name = request.path("username").asText("");
      LinuxUser user = name.isEmpty() ? user(exchange, sandbox) : LinuxUser.named(name);
      List<String> sources = new ArrayList<>();
      request
          .path("source_paths")
          .forEach(path -> sources.add(SandboxPaths.absolute(path.asText(), user)));
      String destination = request.path("destination").asText("");
      if (sources.isEmpty() || destination.isEmpty()) {
        return HttpReply.error(400, "source_paths and destination are required");
      }
      String target = SandboxPaths.absolute(destination, user);
      sandbox.machine().files(user).compose(sources, target);
      return HttpReply.json(
          200,
          Wire.object()
              .put("name", SandboxPaths.name(target))
              .put("path", target)
              .put("type", "file"));
    } catch (RpcException refused) {
      return refusal(refused);
    } catch (IOException malformed) {
      return HttpReply.error(400, "the files could not be put together: " + malformed.getMessage());
    }
  }

  private static HttpReply receive(Exchange exchange, Sandbox sandbox, InputStream raw)
      throws IOException {
    LinuxUser user = user(exchange, sandbox);
    String query = exchange.parameter("path");
    String type = String.valueOf(exchange.header("Content-Type"));
    boolean gzip = "gzip".equalsIgnoreCase(exchange.header("Content-Encoding"));
    InputStream body = gzip ? new GZIPInputStream(raw) : raw;
    SandboxFiles files = sandbox.machine().files(user);
    ArrayNode written = Wire.array();
    if (type.startsWith("application/octet-stream")) {
      if (query.isEmpty()) {
        throw ApiException.of(400, "the query parameter path is required");
      }
      write(files, SandboxPaths.absolute(query, user), body, written);
    } else if (type.startsWith("multipart/form-data")) {
      receiveParts(files, user, query, new MultipartReader(type, body), written);
    } else {
      throw ApiException.of(
          400, "the content type must be application/octet-stream or multipart/form-data");
    }
    // JSON told as text, as envd does it (observed, 0.6.13).
    return new HttpReply(
        200, "text/plain; charset=utf-8", Map.of(), Buffer.buffer(Wire.bytes(written)));
  }

  private static void receiveParts(
      SandboxFiles files, LinuxUser user, String query, MultipartReader parts, ArrayNode written)
      throws IOException {
    Set<String> seen = new HashSet<>();
    Optional<MultipartReader.Part> part = parts.next();
    while (part.isPresent()) {
      if (part.get().name().equals("file")) {
        String target = query.isEmpty() ? part.get().filename() : query;
        String path = SandboxPaths.absolute(target, user);
        if (target.isEmpty() || !seen.add(path)) {
          throw ApiException.of(400, "a part names no file, or one that came before");
        }
        write(files, path, part.get().content(), written);
      } else {
        part.get().content().transferTo(java.io.OutputStream.nullOutputStream());
      }
      part = parts.next();
    }
  }

  private static void write(SandboxFiles files, String path, InputStream content, ArrayNode written)
      throws IOException {
    try (SandboxFiles.Writing writing = files.write(path)) {
      byte[] chunk = new byte[CHUNK];
      boolean accepted = true;
      int length = content.read(chunk);
      while (length >= 0) {
        // A refused file's bytes are read to the end: the answer says why, then.
        accepted = accepted && accept(writing, chunk, length);
        length = content.read(chunk);
      }
      writing.finish();
    }
    written.addObject().put("name", SandboxPaths.name(path)).put("path", path).put("type", "file");
  }

  private static boolean accept(SandboxFiles.Writing writing, byte[] chunk, int length) {
    try {
      writing.content().write(chunk, 0, length);
      return true;
    } catch (IOException refused) {
      return false;
    }
  }

  private static LinuxUser user(Exchange exchange, Sandbox sandbox) {
    String name = exchange.parameter("username");
    return name.isEmpty()
        ? LinuxUser.fromBasic(exchange.header("Authorization"), sandbox.image().user())
        : LinuxUser.named(name);
  }

  /** This handler's errors have an int code; a full disk has a status of its own. */
  private static HttpReply refusal(RpcException refused) {
    int status = refused.code() == RpcCode.RESOURCE_EXHAUSTED ? 507 : refused.code().status();
    return HttpReply.error(status, refused.text());
  }
}
