package dev.repofleet.worker.publish;

import dev.repofleet.artifacts.AgentInfo;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.CoverageStatus;
import dev.repofleet.artifacts.Published;
import dev.repofleet.artifacts.Published.PullRequest;
import dev.repofleet.artifacts.RepositoryInfo;
import dev.repofleet.artifacts.RepositoryResult;
import dev.repofleet.artifacts.RepositoryStatus;
import dev.repofleet.worker.forge.Access;
import dev.repofleet.worker.forge.ForgeException;
import dev.repofleet.worker.forge.GitHubLogin;
import dev.repofleet.worker.git.PatchClone;
import dev.repofleet.workflows.activities.PublishOutcome;
import dev.repofleet.workflows.activities.PublishOutcome.Status;
import dev.repofleet.workflows.activities.PublishStep;
import dev.repofleet.workflows.publish.PublishMode;
import dev.repofleet.workflows.publish.PublishOptions;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One repository's result on its way to its forge. For one activity attempt, which may be any of
 * many: each part looks first whether it is there. What the forge shows decides; {@code
 * published.json} only remembers what may have gone since, such as a branch that was deleted when
 * its pull request was merged.
 */
final class Publication {
  private static final long MAX_SARIF = 256L << 20;
  private static final long MAX_TEMPLATE = 64L << 10;

  private final ArtifactStore store;
  private final Map<String, String> environment;
  private final GitHubLogin login;
  private final Clock clock;
  private final Runnable beat;
  private final PublishStep step;
  private final PublishOptions options;
  private final RepositoryResult result;
  private final List<String> problems = new ArrayList<>();
  private Published published;
  private boolean written;
  private boolean wanted;

  Publication(
      ArtifactStore store,
      Map<String, String> environment,
      GitHubLogin login,
      Clock clock,
      Runnable beat,
      PublishStep step) {
    this.store = store;
    this.environment = environment;
    this.login = login;
    this.clock = clock;
    this.beat = beat;
    this.step = step;
    this.options = step.options();
    this.result =
        ArtifactJson.read(
            store,
            ArtifactUri.of(ArtifactPaths.review(step.batch(), step.key())),
            RepositoryResult.class,
            RepositoryResult.MAX_BYTES);
    this.published = remembered().orElseGet(() -> Published.nothing(result, clock.instant()));
  }

  private Optional<Published> remembered() {
    String uri = ArtifactUri.of(ArtifactPaths.published(step.batch(), step.key()));
    try {
      return Optional.of(ArtifactJson.read(store, uri, Published.class, 1L << 20));
    } catch (ArtifactNotFoundException e) {
      return Optional.empty();
    }
  }

  /**
   * Does it.
   *
   * @throws ForgeException when the forge limits, or does not answer: to be tried again
   * @throws io.temporal.failure.ApplicationFailure as Git's failures are
   */
  PublishOutcome bringAbout() {
    if (options.mode() == PublishMode.LOOK) {
      return look();
    }
    Optional<String> unfit = unfit();
    if (unfit.isPresent()) {
      return new PublishOutcome(Status.NOTHING, unfit.get());
    }
    try {
      RepositoryInfo info = result.repository();
      ForgeRepository forge = isOnGitHub(info) ? forge(info, access()) : null;
      if (options.branch() || options.pullRequest()) {
        changes(forge, forge == null ? String.valueOf(info.url()) : url(info, forge.fullName()));
      }
      if (options.sarif()) {
        sarif(forge);
      }
    } catch (ForgeException e) {
      refusedOrThrown(e, isPassing(e), String.valueOf(e.getMessage()));
    } catch (ApplicationFailure e) {
      refusedOrThrown(e, !e.isNonRetryable(), String.valueOf(e.getOriginalMessage()));
    }
    if (options.mode() == PublishMode.PUBLISH && (published.isAnything() || !problems.isEmpty())) {
      keep();
    }
    return outcome();
  }

  /** Why there is nothing to publish of this result, whatever is asked for. */
  private Optional<String> unfit() {
    AgentInfo agent = result.agent();
    if (result.rehearsal() || (agent != null && agent.kind().equals(AgentInfo.REHEARSAL))) {
      return Optional.of("it is a rehearsal, which is never published");
    }
    if (result.status() != RepositoryStatus.COMPLETE) {
      return Optional.of(
          "its review ended " + result.status().name().toLowerCase(Locale.ROOT) + ", not complete");
    }
    if (result.repository().url() == null) {
      return Optional.of("it is a path of somebody's machine, and no repository at a forge");
    }
    return Optional.empty();
  }

  private boolean isOnGitHub(RepositoryInfo info) {
    return info.owner() != null
        && info.name() != null
        && login.server().host().equals(authority(String.valueOf(info.url())));
  }

  private Access access() {
    return options.allowWorkflowChanges() ? Access.PUBLISH_WORKFLOWS : Access.PUBLISH;
  }

  private static String authority(String url) {
    URI uri = URI.create(url);
    String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
    int usual = "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    return uri.getPort() < 0 || uri.getPort() == usual ? host : host + ":" + uri.getPort();
  }

  /** One that was renamed is written under its new name: Git follows no redirect here. */
  private static String url(RepositoryInfo info, String fullName) {
    String url = String.valueOf(info.url());
    if (fullName.equalsIgnoreCase(info.owner() + "/" + info.name())) {
      return url;
    }
    URI uri = URI.create(url);
    return uri.getScheme()
        + "://"
        + uri.getRawAuthority()
        + "/"
        + fullName
        + (url.endsWith(".git") ? ".git" : "");
  }

  private ForgeRepository forge(RepositoryInfo info, Access access) {
    String owner = String.valueOf(info.owner());
    String name = String.valueOf(info.name());
    return new ForgeRepository(
        login.calls(), login.calls().as(login.forRepository(owner, name, access)), owner, name);
  }

  // ---- branch and pull request

  private void changes(@Nullable ForgeRepository forge, String url) {
    ArtifactRef patch = result.files().patch();
    if (patch == null) {
      return;
    }
    wanted = true;
    if (options.pullRequest() && forge == null) {
      problems.add(
          "pull requests are opened on GitHub alone, and this is "
              + authority(url)
              + ": publish --branch, or set GITHUB_API_URL for a GitHub of your own");
      return;
    }
    if (forge != null && forge.isArchived()) {
      problems.add("the repository is archived");
      return;
    }
    if (published.treeHash() != null && !published.treeHash().equals(result.treeHash())) {
      problems.add(
          "what was published, "
              + published.branch()
              + ", is of an earlier result, and is left as it is");
      return;
    }
    String branch = "repofleet/" + step.batch() + "/" + step.key();
    if (forge != null && options.pullRequest() && isThere(forge, branch)) {
      return;
    }
    Optional<String> base =
        forge == null || !options.pullRequest()
            ? Optional.of("")
            : forge.branchOf(result.repository().ref());
    if (base.isEmpty()) {
      problems.add(
          result.repository().ref()
              + " is no branch, which a pull request needs to go into: publish --branch");
      return;
    }
    int filesChanged = push(url, branch, patch);
    if (filesChanged >= 0 && forge != null && options.pullRequest()) {
      open(forge, branch, base.get(), filesChanged);
    }
  }

  /** Whatever became of it since: a person who closed one does not want it again. */
  private boolean isThere(ForgeRepository forge, String branch) {
    PullRequest known = published.pullRequest();
    Optional<PullRequest> found =
        known == null ? forge.find(branch) : Optional.of(forge.get(known.number()));
    if (found.isEmpty()) {
      return false;
    }
    published = published.with(found.get());
    if (known == null && options.mode() == PublishMode.PUBLISH) {
      forge.label(found.get(), options.labels());
    }
    return true;
  }

  /**
   * Brings the branch about.
   *
   * @return how many files differ, or -1 when there is no branch in the end
   */
  private int push(String url, String branch, ArtifactRef patch) {
    String commit = String.valueOf(result.repository().commit());
    try (PatchClone clone = new PatchClone(result.target(), url, access(), environment, beat)) {
      Optional<String> there = clone.branch(branch);
      if (there.isEmpty() && branch.equals(published.branch())) {
        // Somebody deleted it, which is an answer; but there was to be a pull request from it.
        return options.pullRequest() ? refuse("its branch " + branch + " was deleted") : -1;
      }
      Optional<String> tree = clone.apply(commit, patchFile(patch));
      if (tree.isEmpty()) {
        return refuse("its patch does not fit commit " + commit);
      }
      if (!tree.get().equals(result.treeHash())) {
        return refuse("its patch gives another tree than the agent left: " + tree.get());
      }
      List<PatchClone.Change> changes = clone.changes(commit, tree.get());
      Optional<String> refusal =
          new ChangeRules(options.allowWorkflowChanges()).refusal(changes, clone::linkTarget);
      if (refusal.isPresent()) {
        return refuse(refusal.get());
      }
      String made =
          clone.commit(
              commit,
              tree.get(),
              text(changes.size()).commitMessage(),
              CommitAuthor.of(environment),
              Objects.requireNonNullElse(result.endedAt(), Instant.EPOCH));
      if (there.isPresent() && !there.get().equals(made)) {
        // What somebody put upon a branch of ours stays, and goes into its pull request.
        return branch.equals(published.branch())
            ? changes.size()
            : refuse(
                "the branch "
                    + branch
                    + " is there with other changes: delete it to publish these");
      }
      if (there.isEmpty()) {
        if (options.mode() != PublishMode.DRY_RUN
            && clone.push(made, branch) instanceof PatchClone.Pushed.Refused refused) {
          return refuse("the forge does not take the branch: " + refused.why());
        }
        written = true;
      }
      published = published.withBranch(branch, made, tree.get());
      return changes.size();
    } finally {
      removePatchFile();
    }
  }

  private int refuse(String why) {
    problems.add(why);
    return -1;
  }

  private void open(ForgeRepository forge, String branch, String base, int filesChanged) {
    if (options.mode() == PublishMode.DRY_RUN) {
      written = true;
      return;
    }
    PullRequestText text = text(filesChanged);
    PullRequest opened;
    try {
      opened =
          forge.open(
              branch,
              base,
              text.subject(),
              template().map(text::body).orElseGet(text::body),
              options.draft());
    } catch (ForgeException e) {
      // An answer that was lost: it may be there all the same.
      Optional<PullRequest> found =
          e.kind() == ForgeException.Kind.REJECTED ? forge.find(branch) : Optional.empty();
      if (found.isEmpty()) {
        throw e;
      }
      opened = found.get();
    }
    written = true;
    published = published.with(opened);
    forge.label(opened, options.labels());
  }

  private PullRequestText text(int filesChanged) {
    return new PullRequestText(result, PlanName.of(store, step.batch()), filesChanged);
  }

  private Optional<String> template() {
    return Optional.ofNullable(options.templateUri())
        .map(uri -> new String(store.read(uri, MAX_TEMPLATE), StandardCharsets.UTF_8));
  }

  private @Nullable Path patchFile;

  private Path patchFile(ArtifactRef patch) {
    try (InputStream in = store.open(patch)) {
      Path file = Files.createTempFile("repofleet-", ".patch");
      patchFile = file;
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("the patch of " + result.target() + " can't be read", e);
    }
  }

  private void removePatchFile() {
    try {
      if (patchFile != null) {
        Files.deleteIfExists(patchFile);
      }
    } catch (IOException e) {
      patchFile.toFile().deleteOnExit();
    }
  }

  // ---- findings

  private void sarif(@Nullable ForgeRepository forge) {
    ArtifactRef file = result.files().sarif();
    if (file == null) {
      return;
    }
    wanted = true;
    if (forge == null) {
      problems.add("findings are uploaded to GitHub alone");
      return;
    }
    if (result.coverage().status() != CoverageStatus.COMPLETE) {
      problems.add(
          "not all of it was looked at, and code scanning closes every alert that an upload lacks");
      return;
    }
    Published.Sarif known = published.sarif();
    if (known != null && known.sha256().equals(file.sha256())) {
      return;
    }
    Optional<String> branch = forge.branchOf(result.repository().ref());
    if (branch.isEmpty()) {
      problems.add(result.repository().ref() + " is no branch, which code scanning wants");
      return;
    }
    if (options.mode() == PublishMode.PUBLISH) {
      RepositoryInfo info = result.repository();
      published =
          published.with(
              new CodeScanning(login.calls(), login.server().api())
                  .upload(
                      login.forRepository(
                          String.valueOf(info.owner()), String.valueOf(info.name()), Access.SARIF),
                      forge.fullName(),
                      store.read(file, MAX_SARIF),
                      file.sha256(),
                      String.valueOf(info.commit()),
                      "refs/heads/" + branch.get()));
    }
    written = true;
  }

  // ---- what became of it

  private PublishOutcome look() {
    if (!published.isAnything()) {
      return new PublishOutcome(Status.NOTHING, null);
    }
    RepositoryInfo info = result.repository();
    try {
      PullRequest known = published.pullRequest();
      Published.Sarif sarif = published.sarif();
      ForgeRepository forge = known == null && sarif == null ? null : forge(info, Access.LOOK);
      if (known != null && forge != null) {
        published = published.with(forge.withChecks(known));
      }
      if (sarif != null && forge != null && sarif.state().equals("pending")) {
        published =
            published.with(
                new CodeScanning(login.calls(), login.server().api())
                    .look(
                        login.forRepository(
                            String.valueOf(info.owner()),
                            String.valueOf(info.name()),
                            Access.SARIF),
                        forge.fullName(),
                        sarif));
      }
    } catch (ForgeException e) {
      refusedOrThrown(e, isPassing(e), String.valueOf(e.getMessage()));
    }
    if (problems.isEmpty()) {
      problems.addAll(published.problems());
    }
    keep();
    return new PublishOutcome(Status.ALREADY, null);
  }

  private static boolean isPassing(ForgeException e) {
    return e.kind() == ForgeException.Kind.RATE_LIMITED
        || e.kind() == ForgeException.Kind.UNREACHABLE;
  }

  /** What would be refused the next time too is this repository's row, not everybody's stop. */
  private <E extends RuntimeException> void refusedOrThrown(E e, boolean passing, String why) {
    if (!passing) {
      problems.add(why);
      return;
    }
    if (options.mode() == PublishMode.PUBLISH && published.isAnything()) {
      keep();
    }
    throw e;
  }

  private void keep() {
    published = published.seen(problems, clock.instant());
    store.putNamed(
        ArtifactPaths.published(step.batch(), step.key()), ArtifactJson.pretty(published));
  }

  private PublishOutcome outcome() {
    String why = problems.isEmpty() ? null : String.join("; ", problems);
    if (!problems.isEmpty()) {
      return new PublishOutcome(Status.REFUSED, why);
    }
    if (written) {
      return new PublishOutcome(Status.WRITTEN, null);
    }
    return wanted
        ? new PublishOutcome(Status.ALREADY, null)
        : new PublishOutcome(Status.NOTHING, "no changes and no findings");
  }
}
