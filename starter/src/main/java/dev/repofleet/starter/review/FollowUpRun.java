package dev.repofleet.starter.review;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.DataFolders;
import dev.repofleet.artifacts.RepositoryResult;
import dev.repofleet.artifacts.RepositoryStatus;
import dev.repofleet.artifacts.TargetRow;
import dev.repofleet.starter.CommandContext;
import dev.repofleet.starter.CommandException;
import dev.repofleet.starter.ExitCode;
import dev.repofleet.starter.PlainText;
import dev.repofleet.starter.Terminal;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.activities.EarlierResult;
import dev.repofleet.workflows.activities.RepositoryReport;
import dev.repofleet.workflows.activities.TurnOutcome;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.review.FollowUpPrompt;
import dev.repofleet.workflows.review.FollowUpsWaiting;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One follow-up asked for by a person, from its prompt to its end. For one thread. */
final class FollowUpRun {
  /** The closing text of a turn; a longer one is looked at with {@code logs}. */
  private static final long MAX_TEXT = 16L << 20;

  private final CommandContext context;
  private final Terminal terminal;
  private final TemporalConnection connection;
  private final BatchRecords records;
  private final TargetRow target;
  private final String name;
  private final TemporalBatchView view;

  FollowUpRun(
      CommandContext context,
      Terminal terminal,
      TemporalConnection connection,
      BatchRecords records,
      TargetRow target) {
    this.context = context;
    this.terminal = terminal;
    this.connection = connection;
    this.records = records;
    this.target = target;
    this.name = PlainText.of(target.target());
    @Nullable Fleet fleet =
        records.state(target.key()).map(state -> new Fleet(state.review().fleet())).orElse(null);
    this.view = new TemporalBatchView(connection, fleet, records.batch(), context.clock());
  }

  /**
   * Sends the prompt; without {@code detach} blocks until the review has ended.
   *
   * @throws CommandException with exit code 2 when there is no session to go on with; nothing was
   *     started
   */
  ExitCode run(byte[] prompt, boolean detach) throws InterruptedException {
    int turnsBefore = records.state(target.key()).map(state -> state.turns().size()).orElse(0);
    String uri = put(prompt);
    requireKept();
    if (!addedToTheRunningReview(uri)) {
      new FollowUpStarter(connection, terminal::say)
          .start(stateToGoOnWith().review().withFollowUp(uri));
      terminal.say(name + ": the follow-up is started in a new sandbox.");
    }
    String logs = "`repofleet logs " + records.batch() + " " + target.key() + " -f`";
    if (detach) {
      terminal.tell(Fleet.reviewWorkflowId(records.batch(), target.key()));
      terminal.say(logs + " shows what the agent does.");
      return ExitCode.OK;
    }
    try (InterruptNotice notice =
        new InterruptNotice(
            () -> terminal.say("Interrupted. The follow-up goes on: " + logs + " shows it."))) {
      new FollowUpWatch(
              view,
              records.batch(),
              target,
              line -> {
                if (!notice.interrupted()) {
                  terminal.say(line);
                }
              },
              context.clock(),
              Pause.SLEEPING)
          .awaitEnd();
    }
    return finish(turnsBefore);
  }

  /** The note keeps the prompt from being swept, and the batch from being cleared away. */
  private String put(byte[] prompt) {
    ArtifactRef stored = records.store().put(prompt);
    records
        .store()
        .putNamed(
            ArtifactPaths.followUp(records.batch(), target.key(), stored.sha256()),
            ArtifactJson.pretty(
                Map.of("prompt", stored.uri(), "askedAt", context.clock().instant())));
    return stored.uri();
  }

  /** Looked for after the note was left: who clears away does it the other way round. */
  private void requireKept() {
    String batch = records.batch();
    if (records.store().exists(ArtifactUri.of(ArtifactPaths.deleting(batch)))) {
      throw CommandException.wrongUse(
          "batch " + batch + " is being deleted: `repofleet delete " + batch + "` ends that");
    }
    if (records.store().exists(ArtifactUri.of(ArtifactPaths.expired(batch)))) {
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
              terminal.say(
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

  private ExitCode finish(int turnsBefore) {
    RepositoryResult result =
        records
            .result(target.key())
            .orElseThrow(
                () ->
                    new CommandException(
                        ExitCode.INTERNAL, name + " ended and left no result", null));
    List<TurnOutcome> turns =
        records.state(target.key()).map(RepositoryReport::turns).orElse(List.of());
    @Nullable TurnOutcome last = turns.size() > turnsBefore ? turns.get(turns.size() - 1) : null;
    if (last != null) {
      tellAnswer(last);
    }
    terminal.tell(PlainText.of(ReviewEnds.line(target, result)));
    if (result.message() != null) {
      terminal.say(name + ": " + PlainText.of(result.message(), 300));
    }
    terminal.say(
        "Results in the artifact store "
            + DataFolders.of(context.environment(), context.home()).artifacts()
            + ", under reviews/"
            + records.batch()
            + "/"
            + target.key());
    boolean done = last != null && last.cause() == null;
    return done && result.status() == RepositoryStatus.COMPLETE
        ? ExitCode.OK
        : ExitCode.FINISHED_WITH_FAILURES;
  }

  private void tellAnswer(TurnOutcome turn) {
    String uri = turn.textUri();
    if (uri != null && records.store().exists(uri)) {
      new String(records.store().read(uri, MAX_TEXT), StandardCharsets.UTF_8)
          .lines()
          .forEach(line -> terminal.tell(PlainText.of(line)));
    }
  }
}
