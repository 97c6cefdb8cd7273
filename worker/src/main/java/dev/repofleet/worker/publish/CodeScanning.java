package dev.repofleet.worker.publish;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.Published;
import dev.repofleet.worker.forge.GitHubCalls;
import dev.repofleet.worker.forge.Token;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.kohsuke.github.HttpException;

/**
 * Uploads findings to GitHub's code scanning, which the library has no calls for ("Upload an
 * analysis as SARIF data" of GitHub's REST documentation). Thread-safe; every method blocks and
 * throws {@link dev.repofleet.worker.forge.ForgeException}.
 */
final class CodeScanning {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final MediaType JSON = MediaType.get("application/json");

  private final GitHubCalls calls;
  private final URI api;
  private final OkHttpClient http = new OkHttpClient.Builder().callTimeout(TIMEOUT).build();

  CodeScanning(GitHubCalls calls, URI api) {
    this.calls = calls;
    this.api = api;
  }

  /**
   * Uploads. The same findings of the same commit a second time replace themselves.
   *
   * @param repository as {@code owner/name}
   * @param sarif the file
   * @param sha256 of it
   * @param ref full name of the branch it is about
   */
  Published.Sarif upload(
      Optional<Token> login,
      String repository,
      byte[] sarif,
      String sha256,
      String commit,
      String ref) {
    String body =
        ArtifactJson.line(
            Map.of(
                "commit_sha",
                commit,
                "ref",
                ref,
                "sarif",
                Base64.getEncoder().encodeToString(gzip(sarif)),
                "tool_name",
                "RepoFleet"));
    JsonNode answer =
        ask(
            repository + ": code scanning",
            request(login, "/repos/" + repository + "/code-scanning/sarifs")
                .post(RequestBody.create(body, JSON))
                .build());
    return new Published.Sarif(answer.path("id").asText("unknown"), sha256, commit, ref, "pending");
  }

  /** An upload as it is now. */
  Published.Sarif look(Optional<Token> login, String repository, Published.Sarif known) {
    JsonNode answer =
        ask(
            repository + ": code scanning",
            request(login, "/repos/" + repository + "/code-scanning/sarifs/" + known.id()).build());
    return new Published.Sarif(
        known.id(),
        known.sha256(),
        known.commit(),
        known.ref(),
        answer.path("processing_status").asText(known.state()));
  }

  private Request.Builder request(Optional<Token> login, String path) {
    Request.Builder request =
        new Request.Builder()
            .url(api + path)
            .header("Accept", "application/vnd.github+json")
            .header("X-GitHub-Api-Version", "2022-11-28");
    login.ifPresent(token -> request.header("Authorization", "Bearer " + token.value()));
    return request;
  }

  private JsonNode ask(String what, Request request) {
    return calls.ask(
        what,
        () -> {
          try (Response response = http.newCall(request).execute()) {
            String body = response.body().string();
            if (!response.isSuccessful()) {
              throw new HttpException(body, response.code(), response.message(), api.toString());
            }
            return ArtifactJson.read(body, JsonNode.class, "GitHub's answer");
          }
        });
  }

  private static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }
}
