package dev.repofleet.worker.publish;

import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.CoverageStatus;
import dev.repofleet.artifacts.Published.Sarif;
import dev.repofleet.artifacts.RepositoryInfo;
import dev.repofleet.artifacts.RepositoryResult;
import dev.repofleet.worker.forge.Access;
import dev.repofleet.worker.forge.ForgeException;
import dev.repofleet.worker.forge.GitHubLogin;
import dev.repofleet.worker.forge.Token;
import dev.repofleet.workflows.publish.PublishMode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One repository's findings on their way to code scanning. For one attempt; throws {@link
 * ForgeException}.
 */
final class FindingsUpload {
  private static final long MAX_SARIF = 256L << 20;

  private final PublishTools tools;
  private final RepositoryResult result;
  private final PublicationState state;

  FindingsUpload(PublishTools tools, RepositoryResult result, PublicationState state) {
    this.tools = tools;
    this.result = result;
    this.state = state;
  }

  /** Uploads them, unless these very ones were. */
  void bringAbout(@Nullable ForgeRepository forge, PublishMode mode) {
    ArtifactRef file = result.files().sarif();
    if (file == null) {
      return;
    }
    state.want();
    if (forge == null) {
      state.refuse("findings are uploaded to GitHub alone");
      return;
    }
    if (result.coverage().status() != CoverageStatus.COMPLETE) {
      state.refuse(
          "not all of it was looked at, and code scanning closes every alert that an upload lacks");
      return;
    }
    Sarif known = state.published().sarif();
    if (known != null && known.sha256().equals(file.sha256())) {
      return;
    }
    RepositoryInfo info = result.repository();
    Optional<String> branch = forge.branchOf(info.ref());
    if (branch.isEmpty()) {
      state.refuse(info.ref() + " is no branch, which code scanning wants");
      return;
    }
    if (mode == PublishMode.PUBLISH) {
      Sarif uploaded =
          codeScanning()
              .upload(
                  token(),
                  forge.fullName(),
                  tools.store().read(file, MAX_SARIF),
                  file.sha256(),
                  String.valueOf(info.commit()),
                  "refs/heads/" + branch.get());
      state.learn(published -> published.with(uploaded));
    }
    state.write();
  }

  /** Asks what became of an upload that GitHub was not done with. */
  void look(ForgeRepository forge) {
    Sarif known = state.published().sarif();
    if (known != null && known.state().equals("pending")) {
      Sarif now = codeScanning().look(token(), forge.fullName(), known);
      state.learn(published -> published.with(now));
    }
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
