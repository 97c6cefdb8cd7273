package dev.repofleet.worker.publish;

import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.result.Published;
import dev.repofleet.artifacts.result.Published.PullRequest;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.worker.activity.HeldFolder;
import dev.repofleet.worker.forge.Access;
import dev.repofleet.worker.forge.ForgeException;
import dev.repofleet.worker.git.PatchClone;
import dev.repofleet.worker.plan.PlanName;
import dev.repofleet.workflows.activities.publish.PublishStep;
import dev.repofleet.workflows.order.PublishMode;
import dev.repofleet.workflows.order.PublishOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * One repository's changes on their way to a branch and its pull request. For one attempt; throws
 * {@link ForgeException} and, as Git's failures are, {@link
 * io.temporal.failure.ApplicationFailure}.
 */
final class ChangesPublication {
  private static final long MAX_TEMPLATE = 64L << 10;

  private final PublishTools tools;
  private final Runnable beat;
  private final PublishOptions options;
  private final RepositoryResult result;
  private final PublicationState state;
  private final String branch;

  ChangesPublication(
      PublishTools tools,
      Runnable beat,
      PublishStep step,
      RepositoryResult result,
      PublicationState state) {
    this.tools = tools;
    this.beat = beat;
    this.options = step.options();
    this.result = result;
    this.state = state;
    this.branch = "repofleet/" + asRef(step.batch()) + "/" + asRef(step.key());
  }

  /** As a part of a ref's name, by the rules of git-check-ref-format. */
  static String asRef(String name) {
    String ref = name.replaceAll("\\.(?=\\.)", ".-").replaceFirst("^\\.", "-.");
    return ref.endsWith(".lock") || ref.endsWith(".") ? ref + "-" : ref;
  }

  /**
   * Brings them there, unless they are.
   *
   * @param forge absent where pull requests can't be opened
   */
  void bringAbout(@Nullable GitHubRepository forge) {
    ArtifactRef patch = result.files().patch();
    if (patch == null) {
      return;
    }
    state.want();
    Optional<String> against = against(forge);
    if (against.isPresent()) {
      state.refuse(against.get());
      return;
    }
    if (forge == null || !options.pullRequest()) {
      push(url(forge), patch);
      return;
    }
    if (isThere(forge)) {
      return;
    }
    Optional<String> base = forge.branchOf(result.repository().reviewedRef());
    if (base.isEmpty()) {
      state.refuse(
          result.repository().reviewedRef()
              + " is no branch, which a pull request needs to go into: publish --branch");
      return;
    }
    OptionalInt filesChanged = push(url(forge), patch);
    if (filesChanged.isPresent()) {
      open(forge, base.get(), filesChanged.getAsInt());
    }
  }

  private Optional<String> against(@Nullable GitHubRepository forge) {
    Published published = state.published();
    if (options.pullRequest() && forge == null) {
      return Optional.of(
          "pull requests are opened on GitHub alone, and this is "
              + RepositoryUrl.host(result.repository())
              + ": publish --branch, or set GITHUB_API_URL for a GitHub of your own");
    }
    if (forge != null && forge.isArchived()) {
      return Optional.of("the repository is archived");
    }
    return published.treeHash() != null && !published.treeHash().equals(result.treeHash())
        ? Optional.of(
            "what was published, "
                + published.branch()
                + ", is of an earlier result, and is left as it is")
        : Optional.empty();
  }

  private String url(@Nullable GitHubRepository forge) {
    return forge == null
        ? String.valueOf(result.repository().url())
        : RepositoryUrl.of(result.repository(), forge.fullName());
  }

  /** Whatever became of it since: a person who closed one does not want it again. */
  private boolean isThere(GitHubRepository forge) {
    PullRequest known = state.published().pullRequest();
    Optional<PullRequest> found =
        known == null ? forge.find(branch) : Optional.of(forge.get(known.number()));
    if (found.isEmpty()) {
      return false;
    }
    PullRequest pull = found.get();
    if (state.published().branch() == null) {
      // Opened by a worker that died before it could say so, or of an earlier result.
      GitHubRepository.Head head = forge.head(pull.number());
      if (!head.tree().equals(result.treeHash())) {
        state.refuse("its pull request " + pull.url() + " has other changes, and is left as it is");
        return true;
      }
      state.learn(published -> published.withBranch(branch, head.commit(), head.tree()));
    }
    state.learn(published -> published.with(pull));
    if (pull.state().equals("open") && options.mode() == PublishMode.PUBLISH) {
      forge.label(pull, options.labels());
    }
    return true;
  }

  /**
   * Brings the branch about.
   *
   * @return how many files differ; nothing when there is no branch in the end
   */
  private OptionalInt push(String url, ArtifactRef patch) {
    String commit = String.valueOf(result.repository().commit());
    Access access = options.allowWorkflowChanges() ? Access.PUBLISH_WORKFLOWS : Access.PUBLISH;
    try (HeldFolder held = held();
        PatchClone clone =
            new PatchClone(result.target(), url, access, tools.hosts(), tools.secrets(), beat)) {
      Path file = local(patch, held);
      Optional<String> there = clone.branch(branch);
      if (there.isEmpty() && branch.equals(state.published().branch())) {
        // Somebody deleted it, which is an answer; but there was to be a pull request from it.
        return options.pullRequest()
            ? refused("its branch " + branch + " was deleted")
            : OptionalInt.empty();
      }
      PatchClone.Applied applied = clone.apply(commit, file);
      String tree = applied.tree();
      if (tree == null) {
        return refused("its patch can't be applied to commit " + commit + ": " + applied.told());
      }
      if (!tree.equals(result.treeHash())) {
        return refused("its patch gives another tree than the agent left: " + tree);
      }
      List<PatchClone.Change> changes = clone.changes(commit, tree);
      Optional<String> refusal =
          new ChangeRules(options.allowWorkflowChanges()).refusal(changes, clone::linkTarget);
      if (refusal.isPresent()) {
        return refused(refusal.get());
      }
      String made =
          clone.commit(
              commit,
              tree,
              text(changes.size()).commitMessage(),
              tools.author(),
              Objects.requireNonNullElse(result.endedAt(), Instant.EPOCH));
      if (there.isPresent() && !there.get().equals(made)) {
        if (branch.equals(state.published().branch())) {
          // What somebody put upon a branch of ours stays, and goes into its pull request.
          return OptionalInt.of(changes.size());
        }
        if (!clone.treeOf(there.get()).equals(tree)) {
          return refused(
              "the branch " + branch + " is there with other changes: delete it to publish these");
        }
        // By a worker that calls itself otherwise, and died before it could say so.
        made = there.get();
      }
      if (there.isEmpty()) {
        if (options.mode() != PublishMode.DRY_RUN
            && clone.push(made, branch) instanceof PatchClone.Pushed.Refused refused
            && !clone.branch(branch).equals(Optional.of(made))) {
          return refused("the forge does not take the branch: " + refused.why());
        }
        state.write();
      }
      String commitThere = made;
      state.learn(published -> published.withBranch(branch, commitThere, tree));
      return OptionalInt.of(changes.size());
    }
  }

  private OptionalInt refused(String why) {
    state.refuse(why);
    return OptionalInt.empty();
  }

  private void open(GitHubRepository forge, String base, int filesChanged) {
    if (options.mode() == PublishMode.DRY_RUN) {
      state.write();
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
    PullRequest there = opened;
    state.write();
    state.learn(published -> published.with(there));
    forge.label(there, options.labels());
  }

  private PullRequestText text(int filesChanged) {
    return new PullRequestText(result, PlanName.of(tools.store(), result.batch()), filesChanged);
  }

  private Optional<String> template() {
    return Optional.ofNullable(options.templateUri())
        .map(uri -> new String(tools.store().read(uri, MAX_TEMPLATE), StandardCharsets.UTF_8));
  }

  private static HeldFolder held() {
    try {
      return HeldFolder.make();
    } catch (IOException e) {
      throw new UncheckedIOException("the temporary folder can't be written", e);
    }
  }

  private Path local(ArtifactRef patch, HeldFolder held) {
    try (InputStream in = tools.store().open(patch)) {
      Path file = held.path().resolve("patch");
      Files.copy(in, file);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("the patch of " + result.target() + " can't be read", e);
    }
  }
}
