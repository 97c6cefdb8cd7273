package dev.repofleet.worker.forge;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.repofleet.fuzz.Fuzz;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.Test;

/** Whatever a forge answers: a list, or a {@link ForgeException}; the token goes to it alone. */
class ForgeAnswersFuzzTest {
  private static final Instant NOW = Instant.parse("2026-11-23T00:00:00Z");

  @Test
  void spoiltRefusalsAreOneBoundedLine() {
    Fuzz.of(
            "{\"message\":\"Not Found\",\"errors\":[{\"message\":\"bad query\"}]}",
            "{\"error\":\"invalid_token\"}",
            "<html>\n<h1>502 Bad Gateway</h1>\n</html>")
        .text(
            input -> {
              String said = ForgeFailures.said(input);
              assertThat(said).hasSizeLessThanOrEqualTo(300);
              assertThat(said.chars().noneMatch(Character::isISOControl)).isTrue();
            });
  }

  @Test
  void spoiltLimitsEndSomeTime() {
    Fuzz.of("60", "1795690800", "9223372036854775807", "-9223372036854775808")
        .text(
            input -> {
              assertThat(ForgeFailures.retryAt(header -> input, NOW)).isNotNull();
              assertThat(
                      ForgeFailures.retryAt(
                          header ->
                              header.endsWith("Remaining")
                                  ? "0"
                                  : header.endsWith("Reset") ? input : null,
                          NOW))
                  .isNotNull();
            });
  }

  @Test
  void spoiltListsAreRepositoriesOfTheForgeOrAForgeException() {
    AtomicReference<byte[]> body = new AtomicReference<>(new byte[0]);
    List<HttpUrl> asked = new ArrayList<>();
    OkHttpClient http =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain -> {
                  asked.add(chain.request().url());
                  return new Response.Builder()
                      .request(chain.request())
                      .protocol(Protocol.HTTP_1_1)
                      .code(200)
                      .message("OK")
                      .body(ResponseBody.create(body.get(), MediaType.get("application/json")))
                      .build();
                })
            .build();
    GitLabListing listing =
        new GitLabListing(
            new GitLabServer(
                URI.create("https://forge.example"), "forge.example", Optional.empty()),
            new ForgePages(http, Clock.systemUTC()));
    Fuzz.of(
            """
            [{"id":7,"path_with_namespace":"g/a","archived":false,"topics":["x"],\
            "last_activity_at":"2026-01-02T03:04:05.006Z","forked_from_project":{"id":1},\
            "statistics":{"repository_size":4711}},{"id":8,"path_with_namespace":"g/b"}]""")
        .bytes(
            input -> {
              body.set(input);
              try {
                listing
                    .ofGroup("g", true)
                    .repositories()
                    .forEach(each -> assertThat(each.url()).startsWith("https://forge.example/"));
              } catch (ForgeException e) {
                assertThat(e.getMessage()).startsWith("projects of g: ").doesNotContain("\n");
              }
            });
    assertThat(asked).allMatch(url -> url.host().equals("forge.example"));
  }

  @Test
  void spoiltListsAndLinksOfGitHubAreReadOnItsOwnHostOrAreAForgeException() throws IOException {
    AtomicReference<byte[]> body = new AtomicReference<>(new byte[0]);
    AtomicReference<String> link = new AtomicReference<>("");
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().add("Link", link.get());
          byte[] answer = Objects.requireNonNull(body.get());
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    String address = "http://127.0.0.1:" + server.getAddress().getPort();
    try {
      GitHubListing listing =
          new GitHubListing(
              GitHubLogin.of(
                  Map.of("GITHUB_API_URL", address, "GITHUB_TOKEN", "hub-token-123"),
                  Clock.systemUTC()));
      String sample =
          """
          <%1$s/orgs/o/repos?page=2>; rel="next", <%1$s/orgs/o/repos?page=9>; rel="last"
          [{"id":7,"full_name":"o/a","archived":false,"fork":true,"topics":["x"],"size":47,\
          "language":"Java","pushed_at":"2026-01-02T03:04:05Z"},{"id":8,"full_name":"o/b"}]""";
      Fuzz.of(sample.formatted(address), sample.formatted("http://elsewhere.invalid"))
          .text(
              input -> {
                int end = input.indexOf('\n');
                link.set(
                    input.substring(0, Math.max(0, end)).replaceAll("[^\\x20-\\x7e]", "").strip());
                body.set(input.substring(end + 1).getBytes(StandardCharsets.UTF_8));
                try {
                  listing
                      .ofOwner("o")
                      .repositories()
                      .forEach(each -> assertThat(each.url()).startsWith(address));
                } catch (ForgeException e) {
                  assertThat(e.getMessage())
                      .startsWith("repositories of o: ")
                      .doesNotContain("\n", "hub-token-123");
                }
              });
    } finally {
      server.stop(0);
    }
  }
}
