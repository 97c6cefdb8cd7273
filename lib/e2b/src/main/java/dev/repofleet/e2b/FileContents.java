package dev.repofleet.e2b;

import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Call;
import okhttp3.MultipartBody;
import okhttp3.Request;
import okhttp3.RequestBody;

/**
 * The half of {@link Files} that is plain HTTP (E2B contract, 5.2): what is in a file, not what it
 * is called. Thread-safe.
 */
final class FileContents {
  private static final int PARTIAL = 206;
  private static final int RANGE_NOT_SATISFIABLE = 416;
  private static final Pattern TOTAL = Pattern.compile("bytes\\s+(?:\\d+-\\d+|\\*)/(\\d{1,18})");
  private static final String METADATA = "X-Metadata-";
  private static final int MAX_METADATA = 4096;

  private final Envd envd;

  FileContents(Envd envd) {
    this.envd = envd;
  }

  String named(String action, String path) {
    return envd.named(action + " " + path);
  }

  static String checkPath(String path) {
    if (path.isEmpty() || path.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("not a path in a sandbox: \"" + path + "\"");
    }
    return path;
  }

  byte[] read(String path, int maxBytes) {
    checkNotNegative("maxBytes", maxBytes);
    String operation = named("read", path);
    Request request = envd.file(checkPath(path)).get().build();
    HttpReply reply = envd.transport().send(request, operation, maxBytes);
    if (!reply.successful()) {
      throw envd.refusal(operation, request, reply);
    }
    if (reply.cut()) {
      throw new FileTooLargeException(
          "cannot %s: it is larger than %d bytes; open it as a stream"
              .formatted(operation, maxBytes),
          maxBytes);
    }
    return reply.body();
  }

  FileRange readRange(String path, long offset, int maxBytes) {
    checkNotNegative("offset", offset);
    if (maxBytes <= 0) {
      throw new IllegalArgumentException("maxBytes must be positive: " + maxBytes);
    }
    String operation = named("read", path);
    long last = Math.addExact(offset, maxBytes - 1L);
    Request request =
        envd.file(checkPath(path)).get().header("Range", "bytes=" + offset + "-" + last).build();
    HttpReply reply = envd.transport().send(request, operation, maxBytes);
    if (reply.status() == RANGE_NOT_SATISFIABLE) {
      return new FileRange(offset, new byte[0], total(reply));
    }
    if (!reply.successful()) {
      throw envd.refusal(operation, request, reply);
    }
    if (reply.status() == PARTIAL) {
      checkRangeStart(reply, offset, operation);
      return new FileRange(offset, reply.body(), total(reply));
    }
    // An empty file has no ranges: it is answered whole.
    if (offset > 0 && reply.body().length > 0) {
      throw new E2bProtocolException(
          "cannot " + operation + ": the answer is the whole file, not the part asked for", null);
    }
    return new FileRange(offset, reply.body(), reply.cut() ? -1 : reply.body().length);
  }

  private static void checkRangeStart(HttpReply reply, long offset, String operation) {
    String range = reply.headers().get("Content-Range");
    if (reply.cut() || (range != null && !range.startsWith("bytes " + offset + "-"))) {
      throw new E2bProtocolException(
          "cannot %s: another part of the file came than was asked for".formatted(operation), null);
    }
  }

  private static long total(HttpReply reply) {
    String range = reply.headers().get("Content-Range");
    if (range == null) {
      range = ErrorBody.parse(reply.body()).message();
    }
    Matcher matcher = TOTAL.matcher(range);
    return matcher.find() ? Long.parseLong(matcher.group(1)) : -1;
  }

  InputStream open(String path) {
    String operation = named("read", path);
    Request request = envd.file(checkPath(path)).get().build();
    SendMark mark = new SendMark();
    Call call = envd.transport().newStream(request, mark, operation);
    FileDownload download = new FileDownload(operation);
    call.enqueue(download);
    FileDownload.Opened opened =
        HttpTransport.await(
            download.opened(), envd.options().requestTimeout(), call, mark, operation);
    if (opened.refusal() != null) {
      throw envd.refusal(operation, request, opened.refusal());
    }
    if (opened.stream() == null) {
      throw new IllegalStateException("neither a stream nor a refusal");
    }
    return opened.stream();
  }

  /**
   * @param unbounded whether silence alone ends it, not the total time
   */
  void write(String path, RequestBody body, Map<String, String> metadata, boolean unbounded) {
    checkMetadata(metadata);
    Request.Builder request = envd.file(checkPath(path));
    metadata.forEach((key, value) -> request.header(METADATA + key, value));
    upload(named("write", path), request.post(body).build(), unbounded);
  }

  void writeAll(Map<String, byte[]> files) {
    MultipartBody.Builder body = new MultipartBody.Builder().setType(MultipartBody.FORM);
    int parts = 0;
    for (Map.Entry<String, byte[]> file : new TreeMap<>(files).entrySet()) {
      String path = checkPath(file.getKey());
      OneShotBody content = new OneShotBody(OneShotBody.OCTETS, file.getValue());
      if (path.matches("(?s).*[\"\\\\\\p{Cntrl}].*")) {
        // In the head of a part such a name would be spelled otherwise than it is.
        write(path, content, Map.of(), false);
      } else {
        body.addFormDataPart("file", path, content);
        parts++;
      }
    }
    if (parts > 0) {
      Request request = envd.file("").post(body.build()).build();
      upload(named("write", parts + " files"), request, true);
    }
  }

  private void upload(String operation, Request request, boolean unbounded) {
    // The answer is JSON under the name of text/plain, and tells nothing that is not known.
    HttpReply reply =
        unbounded
            ? envd.transport().sendLong(request, operation, HttpReply.MAX_ERROR_BODY)
            : envd.transport().send(request, operation, HttpReply.MAX_ERROR_BODY);
    if (!reply.successful()) {
      throw envd.refusal(operation, request, reply);
    }
  }

  private static void checkMetadata(Map<String, String> metadata) {
    int size = 0;
    for (Map.Entry<String, String> label : metadata.entrySet()) {
      String key = label.getKey();
      if (!key.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+") || !label.getValue().matches("[ -~]*")) {
        throw new IllegalArgumentException(
            "metadata that a file can't carry: the key \"%s\" or its value is not plain ASCII"
                .formatted(key));
      }
      size += key.length() + label.getValue().length();
    }
    if (size > MAX_METADATA) {
      throw new IllegalArgumentException(
          "a file carries at most %d bytes of metadata, not %d".formatted(MAX_METADATA, size));
    }
  }

  private static void checkNotNegative(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " must not be negative: " + value);
    }
  }
}
