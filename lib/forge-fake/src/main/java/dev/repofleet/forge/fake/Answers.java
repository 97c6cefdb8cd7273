package dev.repofleet.forge.fake;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import mockwebserver3.MockResponse;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/** Answers in a forge's form, for the fakes and for tests that put others in their place. */
public final class Answers {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Answers() {}

  /** Thrown where the answer is no. */
  static final class Refusal extends RuntimeException {
    private final MockResponse response;

    private Refusal(MockResponse response) {
      super(null, null, false, false);
      this.response = response;
    }

    MockResponse response() {
      return response;
    }
  }

  /** An answer with a JSON body. */
  public static MockResponse json(int status, Object body) {
    try {
      return new MockResponse(
          status,
          Headers.of("Content-Type", "application/json; charset=utf-8"),
          JSON.writeValueAsString(body));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** With a message as GitHub puts it. */
  static Refusal refusal(int status, String message) {
    return new Refusal(json(status, Map.of("message", message, "documentation_url", "")));
  }

  static Refusal notFound() {
    return refusal(404, "Not Found");
  }

  /** The thing; a refusal when there is none. */
  static <T> T known(@Nullable T thing) {
    if (thing == null) {
      throw notFound();
    }
    return thing;
  }
}
