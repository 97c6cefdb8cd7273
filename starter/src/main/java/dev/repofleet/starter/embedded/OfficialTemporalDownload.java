package dev.repofleet.starter.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

/** The archive Temporal itself offers for download. */
final class OfficialTemporalDownload implements TemporalSource {
  /** Machines without a way out are common; the next source must get its turn soon. */
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(4);

  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(20);

  /** The program of 1.9.1 has 156 MB; a multiple of it is not the program. */
  private static final long MAX_BYTES = 512L << 20;

  private static final int BLOCK = 512;

  /** For all of it: a line that has gone silent is told from a slow one by nothing else. */
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private final URI base;
  private final Duration limit;

  OfficialTemporalDownload() {
    this(URI.create("https://temporal.download/cli/archive/"), LIMIT);
  }

  OfficialTemporalDownload(URI base, Duration limit) {
    this.base = base;
    this.limit = limit;
  }

  @Override
  public String name() {
    return "Temporal's download site";
  }

  @Override
  public Path fetch(String version, TemporalRelease.Platform platform, Path work)
      throws IOException {
    URI address =
        base.resolve(
            "v" + version + "?platform=" + platform.system() + "&arch=" + platform.processor());
    HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    HttpRequest request = HttpRequest.newBuilder(address).timeout(ANSWER_TIMEOUT).build();
    HttpResponse<InputStream> response;
    try {
      response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (ConnectException | HttpTimeoutException e) {
      throw new IOException("not reachable", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    try (InputStream body = response.body()) {
      if (response.statusCode() != 200) {
        throw new IOException("status " + response.statusCode());
      }
      CompletableFuture<Void> over =
          CompletableFuture.runAsync(
              () -> end(body),
              CompletableFuture.delayedExecutor(limit.toMillis(), TimeUnit.MILLISECONDS));
      try {
        return unpack(body, work.resolve("temporal"));
      } finally {
        over.cancel(false);
      }
    }
  }

  private static void end(InputStream body) {
    try {
      body.close();
    } catch (IOException e) {
      // Who reads it learns of that.
    }
  }

  /** Takes the one entry wanted out of a gzipped ustar archive. */
  private static Path unpack(InputStream archive, Path program) throws IOException {
    try (InputStream tar = new GZIPInputStream(archive)) {
      byte[] header = tar.readNBytes(BLOCK);
      while (header.length == BLOCK && header[0] != 0) {
        long size = size(header);
        if (isProgram(header)) {
          copy(tar, program, size);
          return program;
        }
        tar.skipNBytes((size + BLOCK - 1) / BLOCK * BLOCK);
        header = tar.readNBytes(BLOCK);
      }
    }
    throw new IOException("the archive holds no program named temporal");
  }

  private static boolean isProgram(byte[] header) {
    int end = 0;
    while (end < 100 && header[end] != 0) {
      end++;
    }
    String name = new String(header, 0, end, StandardCharsets.UTF_8);
    boolean file = header[156] == '0' || header[156] == 0;
    return file && (name.equals("temporal") || name.endsWith("/temporal"));
  }

  private static long size(byte[] header) throws IOException {
    String octal = new String(header, 124, 12, StandardCharsets.US_ASCII);
    try {
      long size = Long.parseLong(octal.replace('\0', ' ').strip(), 8);
      if (size <= MAX_BYTES) {
        return size;
      }
    } catch (NumberFormatException e) {
      throw new IOException("the archive is damaged", e);
    }
    throw new IOException("the archive holds more than the program");
  }

  private static void copy(InputStream in, Path target, long size) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long left = size;
    try (var out = Files.newOutputStream(target)) {
      while (left > 0) {
        int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (read < 0) {
          throw new IOException("the archive ends too early");
        }
        out.write(buffer, 0, read);
        left -= read;
      }
    }
  }
}
