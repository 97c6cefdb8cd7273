package dev.repofleet.worker.publish;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.result.Published;
import dev.repofleet.worker.forge.GitHubCalls;
import dev.repofleet.worker.forge.Token;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.zip.GZIPOutputStream;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;

/**
 * Uploads findings to GitHub's code scanning, which the library has no calls for ("Upload an
 * analysis as SARIF data" of GitHub's REST documentation). Thread-safe; every method blocks and
 * throws {@link dev.repofleet.worker.forge.ForgeException}.
 */
final class CodeScanning {
  private static final MediaType JSON = MediaType.get("application/json");

  private final GitHubCalls calls;
  private final URI api;

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
        calls.send(
            repository + ": code scanning",
            request("/repos/" + repository + "/code-scanning/sarifs")
                .post(RequestBody.create(body, JSON)),
            login);
    return new Published.Sarif(answer.path("id").asText("unknown"), sha256, commit, ref, "pending");
  }

  /** An upload as it is now. */
  FindingsUpload.Looked look(Optional<Token> login, String repository, Published.Sarif known) {
    JsonNode answer =
        calls.send(
            repository + ": code scanning",
            request("/repos/" + repository + "/code-scanning/sarifs/" + known.id()),
            login);
    String state = answer.path("processing_status").asText(known.state());
    StringJoiner errors = new StringJoiner("; ");
    answer.path("errors").forEach(error -> errors.add(error.asText()));
    return new FindingsUpload.Looked(
        new Published.Sarif(known.id(), known.sha256(), known.commit(), known.ref(), state),
        errors.length() == 0 && !state.equals(FindingsUpload.FAILED)
            ? Optional.empty()
            : Optional.of(
                "code scanning did not take the findings"
                    + (errors.length() == 0 ? ", and does not say why" : ": " + errors)));
  }

  private Request.Builder request(String path) {
    return new Request.Builder().url(api + path).header("X-GitHub-Api-Version", "2022-11-28");
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
