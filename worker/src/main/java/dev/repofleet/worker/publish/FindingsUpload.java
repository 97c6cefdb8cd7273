package dev.repofleet.worker.publish;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.Sha256;
import dev.repofleet.artifacts.result.CachedResult;
import dev.repofleet.artifacts.result.CoverageStatus;
import dev.repofleet.artifacts.result.Published.Sarif;
import dev.repofleet.artifacts.result.RepositoryInfo;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.worker.forge.Access;
import dev.repofleet.worker.forge.ForgeException;
import dev.repofleet.worker.forge.GitHubLogin;
import dev.repofleet.worker.forge.Token;
import dev.repofleet.workflows.order.PublishMode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One repository's findings on their way to code scanning. For one attempt; throws {@link
 * ForgeException}.
 */
final class FindingsUpload {
  /** The state of an upload whose file GitHub has read and refused. */
  static final String FAILED = "failed";

  private static final long MAX_SARIF = 256L << 20;
  private static final int MAX_POINTER = 1 << 20;

  private final PublishTools tools;
  private final RepositoryResult result;
  private final PublicationState state;

  FindingsUpload(PublishTools tools, RepositoryResult result, PublicationState state) {
    this.tools = tools;
    this.result = result;
    this.state = state;
  }

  /** Uploads them, unless these very ones were. */
  void bringAbout(@Nullable GitHubRepository forge, PublishMode mode) {
    ArtifactRef file = result.files().sarif();
    if (file == null) {
      return;
    }
    state.want();
    if (forge == null) {
      state.refuse("findings are uploaded to GitHub alone");
      return;
    }
    byte[] sarif = tools.store().read(file, MAX_SARIF);
    JsonNode run =
        ArtifactJson.read(new String(sarif, StandardCharsets.UTF_8), JsonNode.class, "SARIF")
            .at("/runs/0");
    if (run.at("/properties/resultsDropped").asInt() > 0) {
      state.refuse(
          "its file holds the worst findings alone, and code scanning closes every alert that an"
              + " upload lacks");
      return;
    }
    if (result.coverage().status() != CoverageStatus.COMPLETE) {
      state.refuse(
          "not all of it was looked at, and code scanning closes every alert that an upload lacks");
      return;
    }
    Sarif known = state.published().sarif();
    if (known != null
        && known.sha256().equals(file.sha256())
        && !known.state().equals(FAILED)
        && isThere(forge, known)) {
      return;
    }
    RepositoryInfo info = result.repository();
    Optional<String> branch = forge.branchOf(info.reviewedRef());
    if (branch.isEmpty()) {
      state.refuse(info.reviewedRef() + " is no branch, which code scanning wants");
      return;
    }
    String ref = "refs/heads/" + branch.get();
    String place = place(forge, ref, run.at("/automationDetails/id").asText());
    Optional<CachedResult> later = uploaded(place).filter(last -> last.isNewerThan(result));
    if (later.isPresent()) {
      state.refuse(
          "batch "
              + later.get().batch()
              + ", whose review began later, has uploaded its own, and code scanning closes every"
              + " alert that an upload lacks");
      return;
    }
    if (mode == PublishMode.PUBLISH) {
      String commit = String.valueOf(info.commit());
      Sarif uploaded =
          codeScanning().upload(token(), forge.fullName(), sarif, file.sha256(), commit, ref);
      state.learn(published -> published.with(uploaded));
      tools
          .store()
          .putNamed(
              ArtifactPaths.uploaded(place),
              ArtifactJson.pretty(CachedResult.of(place, result, file)));
    }
    state.write();
  }

  /** Whether GitHub has it: it was taken before GitHub had read it, which is told. */
  private boolean isThere(GitHubRepository forge, Sarif known) {
    try {
      Looked now = look(forge.fullName(), known);
      state.learn(published -> published.with(now.now()));
      now.problem().ifPresent(state::refuse);
      return true;
    } catch (ForgeException e) {
      if (e.kind() == ForgeException.Kind.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Where an upload takes the place of the one before: in one category of one branch.
   *
   * @param id of the run, whose category is what stands before its last slash
   */
  private static String place(GitHubRepository forge, String ref, String id) {
    return Sha256.ofText(
        ArtifactJson.canonical(
            List.of(
                forge.fullName().toLowerCase(Locale.ROOT),
                ref,
                id.substring(0, Math.max(0, id.lastIndexOf('/'))))));
  }

  private Optional<CachedResult> uploaded(String place) {
    String uri = ArtifactUri.of(ArtifactPaths.uploaded(place));
    try {
      return tools
          .store()
          .readIfPresent(uri, MAX_POINTER)
          .map(json -> ArtifactJson.read(json, CachedResult.class, uri));
    } catch (ArtifactCorruptException damaged) {
      return Optional.empty(); // It is written anew.
    }
  }

  /**
   * What became of an upload.
   *
   * @param problem that GitHub names
   */
  record Looked(Sarif now, Optional<String> problem) {}

  /**
   * Asks what became of an upload, unless GitHub was done with it before.
   *
   * @param repository as {@code owner/name}
   */
  Looked look(String repository, Sarif known) {
    return known.state().equals("complete")
        ? new Looked(known, Optional.empty())
        : codeScanning().look(token(), repository, known);
  }

  private CodeScanning codeScanning() {
    GitHubLogin login = tools.login();
    return new CodeScanning(login.calls(), login.server().api());
  }

  private Optional<Token> token() {
    RepositoryInfo info = result.repository();
    return tools
        .login()
        .forRepository(String.valueOf(info.owner()), String.valueOf(info.name()), Access.SARIF);
  }
}
