package dev.repofleet.workflows;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Optional;

/**
 * Why a repository did not end {@code complete}. The code of a cause is the type of the Temporal
 * failure that carries it, the value of the search attribute {@code RepoFleetCause}, and what
 * reports show.
 */
public enum Cause {
  /** The sandbox is gone: the API answered 404 for it, or it is no longer this lease's to use. */
  SANDBOX_LOST(Decision.WORKFLOW, "the sandbox is gone"),
  /** The account's number of concurrent sandboxes is used up; waited for in the pool. */
  SANDBOX_QUOTA(Decision.WORKFLOW, "the account's sandboxes are all in use"),
  /** Sandboxes are created faster than the account allows; waited for in the pool. */
  SANDBOX_CREATE_RATE(Decision.WORKFLOW, "sandboxes are created faster than the account allows"),
  /** The Git host refuses access, or hides a private repository. */
  GIT_AUTH(Decision.FAIL, "the Git host asks for a login that was not given or is not accepted"),
  /** No such repository, reference or commit. */
  GIT_NOT_FOUND(Decision.FAIL, "there is no such repository, reference or commit"),
  /** The Git host can't be reached or failed; retried a few times. */
  GIT_TRANSIENT(Decision.RETRY, "the Git host could not be reached"),
  /** The Git host asks for patience; its delay is kept. */
  GIT_RATE_LIMITED(Decision.RETRY, "the Git host limits the rate of requests"),
  /** The repository has no commit, or its commit no file. */
  REPOSITORY_EMPTY(Decision.FAIL, "the repository is empty"),
  /** The repository is larger than the plan allows. */
  REPOSITORY_TOO_LARGE(Decision.FAIL, "the repository is larger than the plan allows"),
  /** The model's provider is overloaded (529). */
  MODEL_OVERLOADED(Decision.WORKFLOW, "the model's provider is overloaded"),
  /** The model's provider limits the rate of requests (429). */
  MODEL_RATE_LIMITED(Decision.WORKFLOW, "the model's provider limits the rate of requests"),
  /** The provider's account has no credit; the fleet waits for a person. */
  MODEL_CREDIT(Decision.WORKFLOW, "the model's account has no credit left"),
  /** The provider refuses the key; the fleet waits for a person. */
  MODEL_AUTH(Decision.WORKFLOW, "the model's provider refuses the key"),
  /** The repository's share of money is spent. */
  BUDGET_EXHAUSTED(Decision.WORKFLOW, "the repository's budget is spent"),
  /** The agent used up its turns. */
  TURNS_EXHAUSTED(Decision.WORKFLOW, "the agent used up its turns"),
  /** The agent ran longer than the plan allows. */
  AGENT_TIMEOUT(Decision.WORKFLOW, "the agent ran longer than the plan allows"),
  /** The model declined the task. */
  AGENT_REFUSED(Decision.FAIL, "the model declined the task"),
  /** The agent ended without a result. */
  AGENT_CRASHED(Decision.WORKFLOW, "the agent ended without a result"),
  /** The agent's answer does not meet the plan's schema. */
  SCHEMA_INVALID(Decision.WORKFLOW, "the agent's answer does not meet the schema"),
  /** Five attempts brought no progress, or ten processes were lost. */
  QUARANTINED(Decision.FAIL, "five attempts brought no progress"),
  /** A person rejected a follow-up. */
  FOLLOW_UP_REJECTED(Decision.WORKFLOW, "a person rejected the follow-up"),
  /** Nobody answered a follow-up's question in time. */
  APPROVAL_TIMEOUT(Decision.WORKFLOW, "nobody approved the follow-up in time"),
  /** What a late follow-up would go on from was deleted by its age. */
  SESSION_EXPIRED(Decision.FAIL, "the session has expired"),
  /** The batch ended before this repository's turn came. */
  NOT_STARTED(Decision.FAIL, "the batch ended before this repository was started"),
  /** A person cancelled the batch or the repository. */
  CANCELLED(Decision.WORKFLOW, "it was cancelled"),
  /** E2B can't be reached or does not answer; retried a few times. */
  SANDBOX_UNREACHABLE(Decision.RETRY, "the sandbox service could not be reached"),
  /** A fault of this program or of its surroundings that has no name of its own. */
  INTERNAL(Decision.FAIL, "an internal error");

  /** Who decides what a cause leads to. */
  public enum Decision {
    /** Temporal retries the activity by its policy. */
    RETRY,
    /** The activity fails at once; the workflow chooses what follows. */
    WORKFLOW,
    /** The repository ends. */
    FAIL
  }

  private final Decision decision;
  private final String sentence;

  Cause(Decision decision, String sentence) {
    this.decision = decision;
    this.sentence = sentence;
  }

  /** Lower-case name, as in histories and files: {@code git_not_found}. */
  @JsonValue
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Who decides. */
  public Decision decision() {
    return decision;
  }

  /** The cause in plain words, without a full stop. */
  public String sentence() {
    return sentence;
  }

  /** The cause of a code; an unknown one, from a newer version, is {@link #INTERNAL}. */
  @JsonCreator
  public static Cause of(String code) {
    return find(code).orElse(INTERNAL);
  }

  /** The cause of a code, if it is one. */
  public static Optional<Cause> find(String code) {
    for (Cause cause : values()) {
      if (cause.code().equals(code)) {
        return Optional.of(cause);
      }
    }
    return Optional.empty();
  }
}
