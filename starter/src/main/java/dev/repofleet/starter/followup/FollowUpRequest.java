package dev.repofleet.starter.followup;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.Sha256;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.server.TemporalUpdates;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import dev.repofleet.workflows.activities.git.EarlierResult;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.review.FollowUpPrompt;
import dev.repofleet.workflows.review.FollowUpsWaiting;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Brings a person's prompt to the review of a repository, whether that runs or has ended. */
final class FollowUpRequest {
  private static final long MAX_NOTE = 1 << 16;

  private final TemporalConnection connection;
  private final BatchRecords records;
  private final TargetRow target;
  private final String name;
  private final Clock clock;
  private final Consumer<String> talk;

  FollowUpRequest(
      TemporalConnection connection,
      BatchRecords records,
      TargetRow target,
      Clock clock,
      Consumer<String> talk) {
    this.connection = connection;
    this.records = records;
    this.target = target;
    this.name = PlainText.of(target.target());
    this.clock = clock;
    this.talk = talk;
  }

  /**
   * What is left of a prompt that is sent.
   *
   * @param prompt where it is
   * @param unansweredAfter the last turn it had got before, -1 for none, as long as nobody has
   *     heard what became of it; absent once it was taken
   */
  private record Note(String prompt, Instant askedAt, @Nullable Integer unansweredAfter) {}

  /**
   * Sends the prompt: behind the turns of a review that runs, else in a new sandbox.
   *
   * @throws CommandException with exit code 2 when there is no session to go on with; nothing was
   *     started. After any other failure it may have been
   */
  void send(byte[] prompt) {
    String uri = records.store().put(prompt).uri();
    leave(prompt, lastTurn(prompt));
    boolean mayBeTaken = false;
    try {
      requireKept();
      mayBeTaken = true;
      if (!addedToTheRunningReview(uri)) {
        mayBeTaken = false;
        ReviewInput again = stateToGoOnWith().review().withFollowUp(uri);
        mayBeTaken = true;
        new FollowUpStarter(connection, talk).start(again);
        talk.accept(name + ": the follow-up is started in a new sandbox.");
      }
      settle(prompt);
    } catch (CommandException e) {
      // When no answer came it may have been taken: the same command once more must see the note.
      if (!mayBeTaken || e.exitCode() == ExitCode.WRONG_USE) {
        records.store().delete(note(prompt));
      }
      throw e;
    }
  }

  private String note(byte[] prompt) {
    return ArtifactUri.of(ArtifactPaths.followUp(records.batch(), target.key(), Sha256.of(prompt)));
  }

  /**
   * Whether this very prompt was sent before: it got a turn, or the review that it was sent to
   * still runs.
   *
   * @param running whether it runs now
   */
  boolean wasSent(byte[] prompt, boolean running) {
    return running
        ? records.store().exists(note(prompt))
        : answer(records, target, prompt).isPresent();
  }

  /** The last turn that a prompt got; empty where it got none. */
  static Optional<TurnOutcome> answer(BatchRecords records, TargetRow target, byte[] prompt) {
    String uri = ArtifactUri.of(ArtifactPaths.object(Sha256.of(prompt)));
    return records.state(target.key()).flatMap(state -> state.answerTo(uri));
  }

  /**
   * Whether an earlier call sent it, heard nothing, and it may be on its way: the review that it
   * was sent to runs, or it got a turn that nobody was told of.
   *
   * @param running whether the review runs now
   */
  boolean mayBeTaken(byte[] prompt, boolean running) {
    String note = note(prompt);
    Integer after =
        records
            .store()
            .readIfPresent(note, MAX_NOTE)
            .map(json -> ArtifactJson.read(json, Note.class, note).unansweredAfter())
            .orElse(null);
    return after != null && (running || lastTurn(prompt) != after);
  }

  /** From now on it is known what became of it: the same prompt once more is another. */
  void settle(byte[] prompt) {
    leave(prompt, null);
  }

  private int lastTurn(byte[] prompt) {
    return answer(records, target, prompt).map(TurnOutcome::turn).orElse(-1);
  }

  /** The note keeps the prompt from being swept, and the batch from being cleared away. */
  private void leave(byte[] prompt, @Nullable Integer unansweredAfter) {
    String sha256 = Sha256.of(prompt);
    records
        .store()
        .putNamed(
            ArtifactPaths.followUp(records.batch(), target.key(), sha256),
            ArtifactJson.pretty(
                new Note(
                    ArtifactUri.of(ArtifactPaths.object(sha256)),
                    clock.instant(),
                    unansweredAfter)));
  }

  /** Looked for after the note was left: who clears away does it the other way round. */
  private void requireKept() {
    records.requireKept();
    if (records.store().exists(ArtifactUri.of(ArtifactPaths.expired(records.batch())))) {
      throw CommandException.wrongUse(
          name
              + ": the session has expired (session_expired): what a follow-up would go on from is"
              + " deleted some time after a batch's end, as REPOFLEET_CHECKPOINT_DAYS of the workers"
              + " says. Its results are still there; review it again");
    }
  }

  private boolean addedToTheRunningReview(String uri) {
    try {
      Optional<FollowUpsWaiting> waiting =
          new TemporalUpdates(connection)
              .ask(
                  Fleet.reviewWorkflowId(records.batch(), target.key()),
                  "followUp",
                  FollowUpsWaiting.class,
                  new FollowUpPrompt(uri));
      waiting.ifPresent(
          answer ->
              talk.accept(
                  name
                      + ": the follow-up runs after the turns of the plan"
                      + (answer.count() > 1
                          ? ", behind " + (answer.count() - 1) + " more."
                          : ".")));
      return waiting.isPresent();
    } catch (TemporalUpdates.Refused e) {
      throw CommandException.wrongUse(name + ": " + PlainText.of(e.sentence()));
    }
  }

  private RepositoryReport stateToGoOnWith() {
    Optional<RepositoryReport> state = records.state(target.key());
    if (state.isEmpty()) {
      throw CommandException.wrongUse(
          name
              + (records.result(target.key()).isPresent()
                  ? " was reviewed by a version that kept no state to go on with: review it again"
                  : " has not been reviewed yet: a follow-up needs the session of a review"));
    }
    String storeId = state.get().review().storeId();
    if (storeId != null && !storeId.equals(records.store().storeId())) {
      throw CommandException.unreachable(
          "this machine's artifact store is not the one of batch "
              + records.batch()
              + ": set REPOFLEET_ARTIFACTS to the one it was started with",
          null);
    }
    EarlierResult unchanged = state.get().unchanged();
    if (unchanged != null) {
      throw CommandException.wrongUse(
          name
              + " is unchanged since batch "
              + unchanged.batch()
              + ", and nothing was run in this one: the session is there, `repofleet follow-up "
              + unchanged.batch()
              + " "
              + unchanged.key()
              + " PROMPT` goes on with it");
    }
    if (state.get().turns().isEmpty()) {
      throw CommandException.wrongUse(
          name
              + " has no session to go on with: its review ended before an agent had worked on it");
    }
    return state.get();
  }
}
