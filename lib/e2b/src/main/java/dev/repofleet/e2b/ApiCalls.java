package dev.repofleet.e2b;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/** Calls to the control plane: address, key, bounds, failures. Thread-safe. */
final class ApiCalls {
  /** A page of list is at most 100 sandboxes, far below this. */
  private static final long MAX_REPLY = 16L << 20;

  private static final String PAGE_SIZE = "100";
  private static final String NEXT_TOKEN = "X-Next-Token";

  private final E2bOptions options;
  private final HttpTransport transport;
  private final HttpUrl base;
  private final FailureMapper failures;

  ApiCalls(E2bOptions options, HttpTransport transport) {
    this.options = options;
    this.transport = transport;
    this.base = url(options.apiUrl().toString());
    this.failures = new FailureMapper(List.of(options.apiKey()));
  }

  FailureMapper failures() {
    return failures;
  }

  HttpTransport transport() {
    return transport;
  }

  static HttpUrl url(String text) {
    HttpUrl url = HttpUrl.parse(text);
    if (url == null) {
      throw new IllegalArgumentException("not an http or https URL: " + text);
    }
    return url;
  }

  static boolean isSandboxId(String sandboxId) {
    return sandboxId.matches("[A-Za-z0-9_-]{1,80}");
  }

  static String checkSandboxId(String sandboxId) {
    if (!isSandboxId(sandboxId)) {
      throw new IllegalArgumentException("not a sandbox id: " + sandboxId);
    }
    return sandboxId;
  }

  /** The first page of a list. */
  HttpUrl.Builder listing(String... segments) {
    return path(segments).addQueryParameter("limit", PAGE_SIZE);
  }

  HttpUrl.Builder path(String... segments) {
    HttpUrl.Builder url = base.newBuilder();
    for (String segment : segments) {
      url.addPathSegment(segment);
    }
    return url;
  }

  Request get(HttpUrl.Builder url) {
    return request(url).get().build();
  }

  Request delete(HttpUrl.Builder url) {
    return request(url).delete().build();
  }

  Request post(HttpUrl.Builder url, Object body) {
    return request(url).post(json(body)).build();
  }

  Request delete(HttpUrl.Builder url, Object body) {
    return request(url).delete(json(body)).build();
  }

  Request put(HttpUrl.Builder url, Object body) {
    return request(url).put(json(body)).build();
  }

  private static OneShotBody json(Object body) {
    return new OneShotBody(OneShotBody.JSON, JsonCodec.write(body));
  }

  private Request.Builder request(HttpUrl.Builder url) {
    return new Request.Builder()
        .url(url.build())
        .header("User-Agent", E2bClient.USER_AGENT)
        .header("X-API-KEY", options.apiKey());
  }

  /** A call that is about no sandbox that exists. */
  HttpReply send(Request request, String operation) {
    return send(request, operation, null);
  }

  /**
   * The answer, if it is a success.
   *
   * @param sandboxId whose absence a 404 tells; null if the call is about none
   */
  HttpReply send(Request request, String operation, @Nullable String sandboxId) {
    HttpReply reply = transport.send(request, operation, MAX_REPLY);
    if (!reply.successful()) {
      throw failures.api(operation, request, reply, sandboxId);
    }
    if (reply.cut()) {
      throw new E2bProtocolException(
          "cannot %s: the answer is longer than %d bytes".formatted(operation, MAX_REPLY), null);
    }
    return reply;
  }

  /**
   * Asks for page after page of a list.
   *
   * @param page receives each answer and its elements, none of which is null
   */
  <T> void pages(
      HttpUrl first, Class<T> type, String operation, BiConsumer<HttpReply, List<T>> page) {
    Set<String> tokens = new HashSet<>();
    String token = null;
    do {
      HttpUrl.Builder url = first.newBuilder();
      if (token != null) {
        url.addQueryParameter("nextToken", token);
      }
      HttpReply reply = send(get(url), operation);
      List<T> elements = new ArrayList<>();
      for (T element : JsonCodec.readList(reply.body(), type, operation)) {
        elements.add(ApiWire.required(element, "element", operation));
      }
      page.accept(reply, elements);
      token = reply.headers().get(NEXT_TOKEN);
      if (token != null && !tokens.add(token)) {
        throw new E2bProtocolException(
            "cannot %s: the API gave the same page twice".formatted(operation), null);
      }
    } while (token != null && !token.isEmpty());
  }
}
