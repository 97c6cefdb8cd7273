package dev.repofleet.starter.schedule;

import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.NearestName;
import dev.repofleet.starter.command.Pause;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.server.MissingSearchAttributes;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.FleetSearchAttributes;
import dev.repofleet.workflows.batch.BatchPage;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.client.encryption.PayloadEncryptionException;
import dev.repofleet.workflows.client.encryption.PayloadKeys;
import dev.repofleet.workflows.schedule.ScheduledBatchInput;
import dev.repofleet.workflows.schedule.ScheduledBatchWorkflow;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.workflowservice.v1.DescribeScheduleRequest;
import io.temporal.api.workflowservice.v1.DescribeScheduleResponse;
import io.temporal.api.workflowservice.v1.UpdateScheduleRequest;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.schedules.Schedule;
import io.temporal.client.schedules.ScheduleActionStartWorkflow;
import io.temporal.client.schedules.ScheduleAlreadyRunningException;
import io.temporal.client.schedules.ScheduleClient;
import io.temporal.client.schedules.ScheduleClientOptions;
import io.temporal.client.schedules.ScheduleDescription;
import io.temporal.client.schedules.ScheduleException;
import io.temporal.client.schedules.ScheduleHandle;
import io.temporal.client.schedules.ScheduleOptions;
import io.temporal.client.schedules.SchedulePolicy;
import io.temporal.client.schedules.ScheduleState;
import io.temporal.common.SearchAttributes;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DataConverterException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The schedules of a Temporal server that make batches. Thread-safe; the connection stays the
 * caller's.
 *
 * <p>Every method blocks and throws {@link CommandException} with exit code 5 when the server does
 * not answer or does not allow it.
 */
final class FleetSchedules {
  private static final String PREFIX = Fleet.scheduleId("");
  private static final Duration TAKEN_WITHIN = Duration.ofSeconds(10);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  private final TemporalConnection connection;
  private final ScheduleClient client;

  FleetSchedules(TemporalConnection connection) {
    this.connection = connection;
    this.client =
        ScheduleClient.newInstance(
            connection.client().getWorkflowServiceStubs(),
            ScheduleClientOptions.newBuilder()
                .setNamespace(connection.namespace())
                .setDataConverter(connection.client().getOptions().getDataConverter())
                .setIdentity(connection.client().getOptions().getIdentity())
                .build());
  }

  /**
   * What a schedule is to be.
   *
   * @param catchUp how late a run may begin that was due while the server was away
   * @param note why it begins paused; absent: it does not
   */
  record Wanted(
      ScheduledBatchInput input,
      ScheduleTimes times,
      Overlap overlap,
      Duration catchUp,
      @Nullable String note) {}

  /** Whether there is one of that name, of whichever making. */
  boolean exists(String schedule) {
    return find(schedule).isPresent();
  }

  /** As the server has it, of whichever making; empty when there is none of that name. */
  Optional<DescribeScheduleResponse> find(String schedule) {
    try {
      return Optional.of(
          connection
              .client()
              .getWorkflowServiceStubs()
              .blockingStub()
              .describeSchedule(
                  DescribeScheduleRequest.newBuilder()
                      .setNamespace(connection.namespace())
                      .setScheduleId(Fleet.scheduleId(schedule))
                      .build()));
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return Optional.empty();
      }
      throw refused("show schedule " + schedule, e);
    }
  }

  /** What a schedule begins its runs with; empty when that can't be read, or is not ours. */
  Optional<ScheduledBatchInput> input(DescribeScheduleResponse found) {
    Class<ScheduledBatchInput> type = ScheduledBatchInput.class;
    DataConverter converter = connection.client().getOptions().getDataConverter();
    try {
      return ScheduleInput.of(found.getSchedule())
          .map(input -> converter.fromPayload(input, type, type));
    } catch (DataConverterException e) {
      return Optional.empty();
    }
  }

  /**
   * As {@link #find}.
   *
   * @throws CommandException with exit code 2 when there is none, with the nearest name
   */
  DescribeScheduleResponse require(String schedule) {
    return find(schedule).orElseThrow(() -> unknown(schedule));
  }

  /**
   * With what it starts, in this program's terms; empty when there is none of that name.
   *
   * @throws PayloadEncryptionException when it can't be decrypted
   * @throws UnreadableException when it was not made by this program: the SDK then has exceptions
   *     of many types
   */
  Optional<ScheduleDescription> describe(String schedule) throws UnreadableException {
    try {
      return Optional.of(handle(schedule).describe());
    } catch (RuntimeException e) {
      Optional<PayloadEncryptionException> encrypted = PayloadEncryptionException.in(e);
      if (encrypted.isPresent()) {
        throw encrypted.get();
      }
      if (!(e instanceof ScheduleException || e instanceof StatusRuntimeException)) {
        throw new UnreadableException(e);
      }
      if (status(e).getCode() == Status.Code.NOT_FOUND) {
        return Optional.empty();
      }
      throw refused("show schedule " + schedule, e);
    }
  }

  /** A schedule that something else made. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableException(Throwable cause) {
      super(cause);
    }
  }

  /** That there is none of that name. */
  CommandException unknown(String schedule) {
    return CommandException.wrongUse(
        "there is no schedule '"
            + PlainText.of(schedule, 80)
            + "' at "
            + connection.address()
            + ", namespace "
            + connection.namespace()
            + ": "
            + NearestName.of(schedule, names())
                .map(name -> "did you mean '" + name + "'?")
                .orElse("`repofleet schedule list` shows those there are"));
  }

  /** The names of all, of all fleets, sorted; the server's list lags some seconds behind. */
  List<String> names() {
    try {
      return client
          .listSchedules()
          .map(listed -> listed.getScheduleId())
          .filter(id -> id.startsWith(PREFIX))
          .map(id -> id.substring(PREFIX.length()))
          .sorted()
          .toList();
    } catch (ScheduleException | StatusRuntimeException e) {
      throw refused("list schedules", e);
    }
  }

  /**
   * Creates one.
   *
   * @param talk is told when the server lacks the fleet's search attributes
   * @throws CommandException with exit code 2 when there is one of that name, or the server does
   *     not take the times; with 5 it may have been created after all, unless it is refused
   */
  void create(Wanted wanted, Consumer<String> talk) {
    String schedule = wanted.input().schedule();
    try {
      MissingSearchAttributes.leaveOut(
          () -> create(wanted, true), () -> create(wanted, false), talk);
    } catch (ScheduleAlreadyRunningException e) {
      throw taken(schedule);
    } catch (ScheduleException e) {
      if (status(e).getCode() == Status.Code.INVALID_ARGUMENT) {
        throw CommandException.wrongUse(
            "Temporal at "
                + connection.address()
                + " does not take schedule "
                + schedule
                + ": "
                + PlainText.of(status(e).getDescription(), 300));
      }
      throw refused("create schedule " + schedule, e);
    }
  }

  static CommandException taken(String schedule) {
    return CommandException.wrongUse(
        "there is a schedule '"
            + schedule
            + "' already: `repofleet schedule list` shows it; take another name, or `repofleet"
            + " schedule delete "
            + schedule
            + "` first");
  }

  private void create(Wanted wanted, boolean searchable) {
    client.createSchedule(
        Fleet.scheduleId(wanted.input().schedule()),
        Schedule.newBuilder()
            .setAction(action(wanted.input(), searchable))
            .setSpec(wanted.times().spec())
            .setPolicy(
                SchedulePolicy.newBuilder()
                    .setOverlap(wanted.overlap().policy())
                    .setCatchupWindow(wanted.catchUp())
                    .build())
            .setState(
                ScheduleState.newBuilder()
                    .setPaused(wanted.note() != null)
                    .setNote(wanted.note() == null ? "" : wanted.note())
                    .build())
            .build(),
        ScheduleOptions.newBuilder().build());
  }

  private static ScheduleActionStartWorkflow action(ScheduledBatchInput input, boolean searchable) {
    WorkflowOptions.Builder options =
        WorkflowOptions.newBuilder()
            .setWorkflowId(Fleet.scheduledBatchWorkflowId(input.schedule()))
            .setTaskQueue(new Fleet(input.fleet()).taskQueue())
            .setStaticSummary(
                BatchPage.summary(input.manifest().count(), input.plan().name(), input.agent()))
            // With a summary alone no client can describe the schedule (observed, SDK 1.38.0).
            .setStaticDetails("A run of schedule " + input.schedule());
    if (searchable) {
      options.setTypedSearchAttributes(
          SearchAttributes.newBuilder()
              .set(FleetSearchAttributes.PLAN, input.plan().name())
              .build());
    }
    return ScheduleActionStartWorkflow.newBuilder()
        .setWorkflowType(ScheduledBatchWorkflow.class)
        .setArguments(input)
        .setOptions(options.build())
        .build();
  }

  /** Pauses it, for a reason that all can read. */
  void pause(String schedule, String reason) {
    change("pause", schedule, () -> handle(schedule).pause(reason));
    awaitTaken("pause", schedule, now -> now.getSchedule().getState().getPaused());
  }

  /**
   * Has it go on, and begin its runs with what is encrypted with the current key.
   *
   * @return whether it was encrypted otherwise before
   * @throws PayloadEncryptionException when there are keys, and not the one it was written with or
   *     that its fleet has
   */
  boolean resume(String schedule) {
    Optional<PayloadKeys> keys = connection.keys();
    boolean anew = keys.isPresent() && encryptAnew(schedule, keys.get());
    change("resume", schedule, () -> handle(schedule).unpause("resumed on the command line"));
    awaitTaken("resume", schedule, now -> !now.getSchedule().getState().getPaused());
    return anew;
  }

  private boolean encryptAnew(String schedule, PayloadKeys keys) {
    DescribeScheduleResponse found = require(schedule);
    if (ScheduleInput.isCurrent(found.getSchedule(), Optional.of(keys))) {
      return false;
    }
    connection.requireKeys(
        new Fleet(found.getSchedule().getAction().getStartWorkflow().getTaskQueue().getName()));
    change("encrypt", schedule, () -> write(schedule, found, keys));
    awaitTaken(
        "encrypt", schedule, now -> ScheduleInput.isCurrent(now.getSchedule(), Optional.of(keys)));
    return true;
  }

  private void write(String schedule, DescribeScheduleResponse found, PayloadKeys keys) {
    connection
        .client()
        .getWorkflowServiceStubs()
        .blockingStub()
        .updateSchedule(
            UpdateScheduleRequest.newBuilder()
                .setNamespace(connection.namespace())
                .setScheduleId(Fleet.scheduleId(schedule))
                .setSchedule(ScheduleInput.encryptedAnew(found.getSchedule(), keys))
                .setConflictToken(found.getConflictToken())
                .setIdentity(connection.client().getOptions().getIdentity())
                .setRequestId(UUID.randomUUID().toString())
                .build());
  }

  /** Deletes it. Batches that are at work go on. */
  void delete(String schedule) {
    change("delete", schedule, () -> handle(schedule).delete());
  }

  private void change(String verb, String schedule, Runnable call) {
    try {
      call.run();
    } catch (ScheduleException | StatusRuntimeException e) {
      if (status(e).getCode() == Status.Code.NOT_FOUND) {
        throw unknown(schedule);
      }
      throw refused(verb + " schedule " + schedule, e);
    }
  }

  /**
   * Waits until the server tells of a schedule what it was changed to: it answers before it takes a
   * change in, and drops one that another change has overtaken (observed with the dev server).
   */
  private void awaitTaken(String verb, String schedule, Predicate<DescribeScheduleResponse> taken) {
    for (Duration waited = Duration.ZERO;
        waited.compareTo(TAKEN_WITHIN) < 0;
        waited = waited.plus(BETWEEN_LOOKS)) {
      if (taken.test(require(schedule))) {
        return;
      }
      try {
        Pause.SLEEPING.await(BETWEEN_LOOKS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    throw CommandException.unreachable(
        "Temporal at "
            + connection.address()
            + " was asked to "
            + verb
            + " schedule "
            + schedule
            + " and has not done so within "
            + TAKEN_WITHIN.toSeconds()
            + " s; where somebody else changed it meanwhile, do it again: `repofleet schedule list` shows how it is",
        null);
  }

  private ScheduleHandle handle(String schedule) {
    return client.getHandle(Fleet.scheduleId(schedule));
  }

  private CommandException refused(String what, RuntimeException failure) {
    Status.Code code = status(failure).getCode();
    String why =
        switch (code) {
          case PERMISSION_DENIED, UNAUTHENTICATED ->
              " does not allow to "
                  + what
                  + ": this login has no right to schedules in namespace "
                  + connection.namespace();
          case UNIMPLEMENTED -> " has no schedules: it takes a server of version 1.17 or later";
          case INVALID_ARGUMENT, FAILED_PRECONDITION, RESOURCE_EXHAUSTED, INTERNAL, UNKNOWN ->
              " did not "
                  + what
                  + ": "
                  + PlainText.of(String.valueOf(status(failure).getDescription()), 300);
          default -> " does not answer when asked to " + what + " (" + code + "): try again";
        };
    return CommandException.unreachable("Temporal at " + connection.address() + why, failure);
  }

  private static Status status(Throwable failure) {
    for (Throwable link = failure; link != null; link = link.getCause()) {
      if (link instanceof StatusRuntimeException status) {
        return status.getStatus();
      }
    }
    return Status.UNKNOWN;
  }
}
