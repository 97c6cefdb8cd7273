package dev.repofleet.worker.publish;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.result.AgentInfo;
import dev.repofleet.artifacts.result.Published;
import dev.repofleet.artifacts.result.Published.PullRequest;
import dev.repofleet.artifacts.result.Published.Sarif;
import dev.repofleet.artifacts.result.RepositoryInfo;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.forge.Access;
import dev.repofleet.worker.forge.ForgeException;
import dev.repofleet.worker.forge.GitHubLogin;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.publish.PublishOutcome;
import dev.repofleet.workflows.activities.publish.PublishOutcome.Status;
import dev.repofleet.workflows.activities.publish.PublishStep;
import dev.repofleet.workflows.order.PublishMode;
import dev.repofleet.workflows.order.PublishOptions;
import io.temporal.failure.ApplicationFailure;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * One repository's result on its way to its forge. For one activity attempt, which may be any of
 * many: each part looks first whether it is there, and what the forge shows decides.
 */
final class Publication {
  private final PublishTools tools;
  private final Runnable beat;
  private final PublishStep step;
  private final PublishOptions options;
  private final RepositoryResult result;
  private PublicationState state;

  /**
   * Reads the result.
   *
   * @param beat is run while Git works
   * @throws ArtifactNotFoundException when there is none yet
   */
  Publication(PublishTools tools, Runnable beat, PublishStep step) {
    ArtifactStore store = tools.store();
    this.tools = tools;
    this.beat = beat;
    this.step = step;
    this.options = step.options();
    this.result =
        ArtifactJson.read(
            store,
            ArtifactUri.of(ArtifactPaths.review(step.batch(), step.key())),
            RepositoryResult.class,
            RepositoryResult.MAX_BYTES);
    this.state = new PublicationState(store, tools.clock(), result);
  }

  /**
   * Does it.
   *
   * @throws ForgeException when the forge limits, or does not answer: to be tried again
   * @throws ApplicationFailure as Git's failures are
   */
  PublishOutcome bringAbout() {
    if (options.mode() == PublishMode.LOOK) {
      return look();
    }
    Optional<String> unfit = unfit();
    if (unfit.isPresent()) {
      return new PublishOutcome(Status.NOTHING, unfit.get());
    }
    if (options.branch() || options.pullRequest()) {
      refusing(
          () ->
              new ChangesPublication(tools, beat, step, result, state)
                  .bringAbout(isOnGitHub() ? forge(access()) : null));
    }
    if (options.sarif()) {
      refusing(
          () ->
              new FindingsUpload(tools, result, state)
                  .bringAbout(isOnGitHub() ? forge(Access.SARIF) : null, options.mode()));
    }
    if (options.mode() == PublishMode.PUBLISH) {
      state.keep();
    }
    return state.outcome(asked());
  }

  private String asked() {
    StringJoiner asked = new StringJoiner(" and no ");
    if (options.branch() || options.pullRequest()) {
      asked.add("changes");
    }
    if (options.sarif()) {
      asked.add("findings");
    }
    return asked.toString();
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

  private boolean isOnGitHub() {
    RepositoryInfo info = result.repository();
    return info.owner() != null
        && info.name() != null
        && login().server().host().equals(RepositoryUrl.host(info));
  }

  private GitHubLogin login() {
    return tools.login();
  }

  private Access access() {
    return options.allowWorkflowChanges() ? Access.PUBLISH_WORKFLOWS : Access.PUBLISH;
  }

  private GitHubRepository forge(Access access) {
    String owner = String.valueOf(result.repository().owner());
    String name = String.valueOf(result.repository().name());
    return new GitHubRepository(
        login().calls(),
        login().calls().as(login().forRepository(owner, name, access)),
        owner,
        name);
  }

  /** What became of what was published. */
  private PublishOutcome look() {
    Published known = state.published();
    if (!known.isAnything()) {
      return new PublishOutcome(Status.NOTHING, null);
    }
    PullRequest pull = known.pullRequest();
    Sarif sarif = known.sarif();
    boolean told =
        refusing(
            () -> {
              if (pull != null || sarif != null) {
                GitHubRepository forge = forge(Access.LOOK);
                PullRequest pullNow = pull == null ? null : forge.withChecks(pull);
                FindingsUpload.Looked uploadNow =
                    sarif == null
                        ? null
                        : new FindingsUpload(tools, result, state).look(forge.fullName(), sarif);
                learnLate(pullNow, uploadNow);
              }
            });
    if (!told) {
      // Not kept: it is no word on what is published, and the next look may be answered.
      return state.outcome("");
    }
    if (!state.isRefused()) {
      known.problems().forEach(state::refuse);
    }
    state.keep();
    return new PublishOutcome(Status.ALREADY, null);
  }

  /** Somebody may be publishing meanwhile: what was learned is put into what is kept by now. */
  private void learnLate(@Nullable PullRequest pull, FindingsUpload.@Nullable Looked upload) {
    state = new PublicationState(tools.store(), tools.clock(), result);
    if (pull != null) {
      state.learn(published -> published.with(pull));
    }
    Sarif sarif = state.published().sarif();
    if (upload != null && sarif != null && sarif.id().equals(upload.now().id())) {
      state.learn(published -> published.with(upload.now()));
      upload.problem().ifPresent(state::refuse);
    }
  }

  /**
   * What would be refused the next time too is this repository's row, not everybody's stop.
   *
   * @return whether nothing was refused
   */
  private boolean refusing(Runnable part) {
    try {
      part.run();
      return true;
    } catch (ForgeException e) {
      switch (e.kind()) {
        case RATE_LIMITED, UNREACHABLE -> keepAndThrow(e);
        case LOGIN_REFUSED -> {
          if (renews()) {
            keepAndThrow(
                FailureMapper.failure(
                    Cause.GIT_TRANSIENT, e.getMessage() + "; another token is asked for", e));
          }
          state.refuse(String.valueOf(e.getMessage()));
        }
        default -> state.refuse(String.valueOf(e.getMessage()));
      }
    } catch (ApplicationFailure e) {
      if (!e.isNonRetryable()) {
        keepAndThrow(e);
      }
      state.refuse(String.valueOf(e.getOriginalMessage()));
    } catch (ArtifactNotFoundException e) {
      state.refuse(
          "a file of its result is gone, `repofleet retry` makes it anew: " + e.getMessage());
    }
    return false;
  }

  private boolean renews() {
    RepositoryInfo info = result.repository();
    return login().renews(String.valueOf(info.owner()), String.valueOf(info.name()));
  }

  private <E extends RuntimeException> void keepAndThrow(E e) {
    if (options.mode() == PublishMode.PUBLISH && state.published().isAnything()) {
      state.keep();
    }
    throw e;
  }
}
