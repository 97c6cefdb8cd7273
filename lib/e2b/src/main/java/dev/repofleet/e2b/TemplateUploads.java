package dev.repofleet.e2b;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okio.BufferedSink;
import okio.Okio;
import okio.Source;
import org.jspecify.annotations.Nullable;

/** The files that the steps of a template need, packed. To be closed. Not thread-safe. */
final class TemplateUploads implements AutoCloseable {
  /** For each step; null where it needs none. */
  private final List<@Nullable TemplateArchive> archives = new ArrayList<>();

  private TemplateUploads() {}

  /**
   * @throws E2bException if a file can't be read
   */
  static TemplateUploads pack(TemplateSpec spec, String operation) {
    TemplateUploads uploads = new TemplateUploads();
    for (TemplateSpec.Step step : spec.steps()) {
      try {
        uploads.archives.add(step.copy() == null ? null : TemplateArchive.of(step.copy()));
      } catch (IOException | RuntimeException e) {
        uploads.close();
        throw new E2bException(
            "cannot %s: the files of step %d can't be packed: %s"
                .formatted(operation, uploads.archives.size() + 1, why(e)),
            e);
      }
    }
    return uploads;
  }

  /** What the file system throws has a path for a message and its reason for a name. */
  private static String why(Exception failure) {
    return failure instanceof FileSystemException
        ? failure.getClass().getSimpleName() + " " + failure.getMessage()
        : String.valueOf(failure.getMessage());
  }

  /** The hash of each step's files; null where it needs none. */
  List<@Nullable String> hashes() {
    List<@Nullable String> hashes = new ArrayList<>();
    for (TemplateArchive archive : archives) {
      hashes.add(archive == null ? null : archive.hash());
    }
    return hashes;
  }

  /** Sends what E2B does not have yet. */
  void send(ApiCalls api, TemplateBuild build, String operation) {
    for (TemplateArchive archive : archives) {
      if (archive != null) {
        send(api, build, archive, operation);
      }
    }
  }

  private static void send(
      ApiCalls api, TemplateBuild build, TemplateArchive archive, String operation) {
    HttpReply reply =
        api.send(
            api.get(api.path("templates", build.templateId(), "files", archive.hash())), operation);
    TemplateWire.UploadLink link =
        JsonCodec.read(reply.body(), TemplateWire.UploadLink.class, operation);
    if (ApiWire.required(link.present(), "present", operation)) {
      return;
    }
    HttpUrl url = HttpUrl.parse(ApiWire.required(link.url(), "url", operation));
    if (url == null) {
      throw new E2bProtocolException(
          "cannot %s: the address to send files to is none".formatted(operation), null);
    }
    // The address is its own key, and its host none of E2B's: the API key stays here.
    Request.Builder request =
        new Request.Builder()
            .url(url)
            .header("User-Agent", E2bClient.USER_AGENT)
            .put(new FileBody(archive.file()));
    Map<String, String> headers = link.headers() == null ? Map.of() : link.headers();
    headers.forEach(
        (name, value) -> {
          if (!name.equalsIgnoreCase("Content-Length")) {
            request.header(name, value);
          }
        });
    Request put = request.build();
    HttpReply sent = api.transport().sendLong(put, operation, HttpReply.MAX_ERROR_BODY);
    if (!sent.successful()) {
      throw api.failures().upload(operation, put, sent);
    }
  }

  @Override
  public void close() {
    for (TemplateArchive archive : archives) {
      if (archive != null) {
        archive.close();
      }
    }
  }

  /** A file with its length: stores refuse an upload that does not tell it. */
  private static final class FileBody extends RequestBody {
    private final Path file;

    FileBody(Path file) {
      this.file = file;
    }

    @Override
    public @Nullable MediaType contentType() {
      return null;
    }

    @Override
    public long contentLength() throws IOException {
      return Files.size(file);
    }

    @Override
    public boolean isOneShot() {
      return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      try (Source source = Okio.source(file)) {
        sink.writeAll(source);
      }
    }
  }
}
