package dev.repofleet.starter.batch;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.command.TerminalStyle;
import dev.repofleet.starter.render.HoldEvent;
import dev.repofleet.starter.render.TextStyle;
import dev.repofleet.starter.render.TextTable;
import dev.repofleet.starter.render.TextTable.Cell;
import dev.repofleet.starter.render.TextTable.Column;
import dev.repofleet.starter.render.Tone;
import dev.repofleet.starter.render.Wording;
import dev.repofleet.starter.server.TemporalAwayException;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.FleetSearchAttributes;
import dev.repofleet.workflows.batch.BatchProgress;
import dev.repofleet.workflows.batch.ReviewBatchWorkflow;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.client.encryption.PayloadEncryptionException;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The batches of a namespace, as its server lists them: latest first. */
final class BatchListing {
  private static final String PREFIX = "review-batch/";
  private static final int PAGE = 200;

  /** Each is a question to a worker. */
  private static final int MAX_QUESTIONS = 20;

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");
  private static final DateTimeFormatter SHORT = DateTimeFormatter.ofPattern("MM-dd HH:mm");

  /** Below this there is no room for plan and findings beside ids and states in full. */
  private static final int WIDE = 110;

  private final TemporalConnection connection;

  BatchListing(TemporalConnection connection) {
    this.connection = connection;
  }

  /**
   * Batches of one question.
   *
   * @param rows at most as many as were asked for
   * @param more whether there are older ones
   */
  record Found(List<Row> rows, boolean more) {

    /** Prints them, as JSON lines or as a table. */
    void show(Terminal terminal, boolean json, CommandContext context) {
      if (json) {
        rows.forEach(row -> terminal.tellJson(ArtifactJson.line(row)));
      } else if (rows.isEmpty()) {
        terminal.say("No batch yet: `repofleet review` starts one.");
      } else {
        TextStyle style = TerminalStyle.of(context.environment());
        table(context, style.width() >= WIDE).lines(style).forEach(terminal::tell);
        sayHeld(terminal);
      }
      if (more) {
        terminal.say("There are older ones: `repofleet list --limit N` shows more.");
      }
    }

    private void sayHeld(Terminal terminal) {
      for (Row row : rows) {
        String held = row.held();
        if (held != null) {
          terminal.say(HoldEvent.sentence(row.batch(), held));
        }
      }
    }

    /** The whole id is always there, for the next command. */
    private TextTable table(CommandContext context, boolean wide) {
      List<Column> columns = new ArrayList<>();
      columns.add(Column.word("BATCH"));
      columns.add(Column.word("STATUS"));
      if (wide) {
        columns.add(Column.text("PLAN"));
        columns.add(Column.number("FINDINGS"));
      }
      columns.add(Column.number("COST"));
      columns.add(Column.word("STARTED"));
      columns.add(Column.number("TOOK"));
      TextTable table = new TextTable(columns.toArray(Column[]::new));
      Instant now = context.clock().instant();
      ZoneId zone = context.clock().getZone();
      for (Row row : rows) {
        Instant ended = row.endedAt();
        Duration took = Duration.between(row.startedAt(), ended == null ? now : ended);
        List<Cell> cells = new ArrayList<>();
        cells.add(Cell.of(row.batch()));
        cells.add(
            row.held() == null
                ? new Cell(row.status(), tone(row.status()))
                : new Cell(row.held().equals(HoldEvent.PAUSED) ? "paused" : "held", Tone.WARNING));
        if (wide) {
          cells.add(Cell.of(orDash(row.plan())));
          cells.add(Cell.of(orDash(row.findings())));
        }
        cells.add(Cell.of(row.costUsd() == null ? "-" : Wording.dollars(row.costUsd())));
        cells.add(Cell.of((wide ? MINUTE : SHORT).format(row.startedAt().atZone(zone))));
        cells.add(Cell.of(Wording.duration(took)));
        table.row(cells.toArray(Cell[]::new));
      }
      return table;
    }

    private static String orDash(@Nullable Object value) {
      return value == null ? "-" : value.toString();
    }

    static Tone tone(String status) {
      return switch (status) {
        case "complete" -> Tone.GOOD;
        case "running" -> Tone.PLAIN;
        case "finished_with_failures", "stopped_budget" -> Tone.WARNING;
        case "failed", "terminated" -> Tone.BAD;
        default -> Tone.FAINT;
      };
    }
  }

  /**
   * The latest batches.
   *
   * @param limit at least 1
   * @param fleet of which alone; absent: of all
   * @throws TemporalAwayException when the server does not list them
   */
  Found latest(int limit, @Nullable Fleet fleet) {
    List<Row> rows = new ArrayList<>();
    ByteString next = ByteString.EMPTY;
    do {
      ListWorkflowExecutionsResponse page = page(next, fleet);
      page.getExecutionsList().stream()
          .filter(info -> info.getExecution().getWorkflowId().startsWith(PREFIX))
          .map(this::row)
          .forEach(rows::add);
      next = page.getNextPageToken();
    } while (!next.isEmpty() && rows.size() <= limit);
    return new Found(
        held(rows.subList(0, Math.min(limit, rows.size()))),
        rows.size() > limit || !next.isEmpty());
  }

  /** The task queue tells the fleet for sure: an id only looks like that of another fleet. */
  private static String query(@Nullable Fleet fleet) {
    return "WorkflowType = 'ReviewBatch' AND ExecutionStatus != 'ContinuedAsNew'"
        + (fleet == null ? "" : " AND TaskQueue = '" + fleet.taskQueue() + "'");
  }

  private ListWorkflowExecutionsResponse page(ByteString from, @Nullable Fleet fleet) {
    try {
      return connection
          .client()
          .getWorkflowServiceStubs()
          .blockingStub()
          .withDeadlineAfter(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
          .listWorkflowExecutions(
              ListWorkflowExecutionsRequest.newBuilder()
                  .setNamespace(connection.namespace())
                  .setPageSize(PAGE)
                  .setNextPageToken(from)
                  .setQuery(query(fleet))
                  .build());
    } catch (StatusRuntimeException e) {
      throw new TemporalAwayException(
          "Temporal at "
              + connection.address()
              + " does not list its batches ("
              + e.getStatus().getCode()
              + "): name one, as in `repofleet status BATCH`",
          e);
    }
  }

  /**
   * Workers know which batches are held; where those of a fleet don't answer, or not in plain, that
   * is not told.
   */
  private List<Row> held(List<Row> rows) {
    List<Row> all = new ArrayList<>(rows);
    Set<String> silent = new HashSet<>();
    int questions = 0;
    for (int i = 0; i < all.size() && questions < MAX_QUESTIONS; i++) {
      Row row = all.get(i);
      if (row.endedAt() != null || silent.contains(row.fleet())) {
        continue;
      }
      questions++;
      Optional<BatchProgress> progress = progress(row.batch());
      if (progress.isEmpty()) {
        silent.add(row.fleet());
      } else {
        all.set(i, row.held(BatchWatcher.rests(progress.get())));
      }
    }
    return all;
  }

  private Optional<BatchProgress> progress(String batch) {
    try {
      return new TemporalBatchView(connection, batch, Clock.systemUTC()).progress();
    } catch (TemporalAwayException | PayloadEncryptionException e) {
      return Optional.empty();
    }
  }

  private Row row(WorkflowExecutionInfo info) {
    return new Row(
        info.getExecution().getWorkflowId().substring(PREFIX.length()),
        status(info),
        attribute(info, FleetSearchAttributes.PLAN, String.class),
        attribute(info, FleetSearchAttributes.FINDINGS, Long.class),
        attribute(info, FleetSearchAttributes.COST_USD, Double.class),
        startedAt(info, connection.client().getOptions().getDataConverter()),
        info.hasCloseTime() ? instant(info.getCloseTime()) : null,
        null,
        info.getTaskQueue());
  }

  /** Of the batch, which may have continued as new since; of that run when it can't be read. */
  static Instant startedAt(WorkflowExecutionInfo info, DataConverter converter) {
    Payload first = info.getMemo().getFieldsMap().get(ReviewBatchWorkflow.STARTED_AT_MEMO);
    if (first == null) {
      return instant(info.getStartTime());
    }
    try {
      return Instant.ofEpochMilli(converter.fromPayload(first, Long.class, Long.class));
    } catch (PayloadEncryptionException e) {
      return instant(info.getStartTime());
    }
  }

  /** As in batch.json; where the server knows less, what it knows. */
  static String status(WorkflowExecutionInfo info) {
    String status = attribute(info, FleetSearchAttributes.STATUS, String.class);
    boolean runs = info.getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
    boolean went = info.getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED;
    return (runs || went) && status != null ? status : status(info.getStatus());
  }

  private static <T> @Nullable T attribute(
      WorkflowExecutionInfo info, SearchAttributeKey<T> key, Class<T> type) {
    Payload value = info.getSearchAttributes().getIndexedFieldsMap().get(key.getName());
    return value == null
        ? null
        : DefaultDataConverter.STANDARD_INSTANCE.fromPayload(value, type, type);
  }

  private static String status(WorkflowExecutionStatus status) {
    return switch (status) {
      case WORKFLOW_EXECUTION_STATUS_RUNNING -> "running";
      case WORKFLOW_EXECUTION_STATUS_COMPLETED -> "ended";
      case WORKFLOW_EXECUTION_STATUS_CANCELED -> "cancelled";
      default -> status.name().replace("WORKFLOW_EXECUTION_STATUS_", "").toLowerCase(Locale.ROOT);
    };
  }

  private static Instant instant(Timestamp timestamp) {
    return Instant.ofEpochSecond(timestamp.getSeconds());
  }

  /**
   * A batch as the server lists it.
   *
   * @param status of the batch, as in batch.json; {@code ended} where the server knows no more
   * @param plan absent on a server without the fleet's search attributes
   * @param findings once it has ended, on a server with them
   * @param costUsd likewise
   * @param startedAt of its latest run
   * @param held why it is held, in a sentence; absent where it is not, or no worker says
   * @param fleet whose workers have it
   */
  @JsonPropertyOrder({
    "type",
    "batch",
    "status",
    "plan",
    "findings",
    "costUsd",
    "startedAt",
    "endedAt",
    "held",
    "fleet"
  })
  record Row(
      String batch,
      String status,
      @Nullable String plan,
      @Nullable Long findings,
      @Nullable Double costUsd,
      Instant startedAt,
      @Nullable Instant endedAt,
      @Nullable String held,
      String fleet) {
    Row held(@Nullable String reason) {
      return new Row(batch, status, plan, findings, costUsd, startedAt, endedAt, reason, fleet);
    }

    @JsonProperty("type")
    String type() {
      return "batch";
    }
  }
}
