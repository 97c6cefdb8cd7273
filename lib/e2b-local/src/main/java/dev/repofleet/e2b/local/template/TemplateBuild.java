package dev.repofleet.e2b.local.template;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.sandbox.TemplateImage;
import dev.repofleet.e2b.local.wire.ApiException;
import dev.repofleet.e2b.local.wire.Wire;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One build of a template: where it stands, and what it said. Thread-safe. */
public final class TemplateBuild {
  /** Of one build; what comes later is dropped, and said so. */
  private static final int MOST_LINES = 20_000;

  private static final int LARGEST_PAGE = 100;
  private static final List<String> LEVELS = List.of("debug", "info", "warn", "error");

  /** Where a build stands. */
  enum Status {
    WAITING,
    BUILDING,
    READY,
    ERROR;

    String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private record Line(Instant time, String level, String message, String step) {
    ObjectNode json() {
      ObjectNode json =
          Wire.object()
              .put("timestamp", time.truncatedTo(ChronoUnit.MICROS).toString())
              .put("message", message)
              .put("level", level);
      if (!step.isEmpty()) {
        json.put("step", step);
      }
      return json;
    }
  }

  private final String id;
  private final InstantSource clock;
  private final List<Line> lines = new ArrayList<>();
  private Status status = Status.WAITING;
  private @Nullable TemplateImage image;
  private String failure = "";
  private String failedStep = "";

  TemplateBuild(String id, InstantSource clock) {
    this.id = id;
    this.clock = clock;
  }

  public String id() {
    return id;
  }

  public synchronized Status status() {
    return status;
  }

  /** What it has made; empty unless it is ready. */
  synchronized Optional<TemplateImage> image() {
    return Optional.ofNullable(image);
  }

  synchronized String failure() {
    return failure;
  }

  /** From waiting to building; false if it was started before. */
  public synchronized boolean begin() {
    if (status != Status.WAITING) {
      return false;
    }
    status = Status.BUILDING;
    return true;
  }

  synchronized void ready(TemplateImage made) {
    image = made;
    status = Status.READY;
  }

  /**
   * @param step number or name of the step that failed; empty for none
   */
  synchronized void fail(String message, String step) {
    failure = message;
    failedStep = step;
    status = Status.ERROR;
    say("error", message, step);
  }

  synchronized void say(String level, String message, String step) {
    if (lines.size() < MOST_LINES) {
      lines.add(new Line(clock.instant(), level, message, step));
    } else if (lines.size() == MOST_LINES) {
      lines.add(
          new Line(clock.instant(), "warn", "the log is full; what follows is dropped", step));
    }
  }

  /** The answer to a poll (E2B contract, 9). */
  public synchronized ObjectNode status(
      String templateId, String offset, String limit, String level) {
    List<Line> page = page(number("logsOffset", offset, 0), limit, level);
    ObjectNode answer = Wire.object();
    answer.put("templateID", templateId).put("buildID", id).put("status", status.wireName());
    ArrayNode texts = answer.putArray("logs");
    page.forEach(line -> texts.add(line.message()));
    ArrayNode entries = answer.putArray("logEntries");
    page.forEach(line -> entries.add(line.json()));
    if (status == Status.ERROR) {
      ObjectNode reason = answer.putObject("reason").put("message", failure);
      if (!failedStep.isEmpty()) {
        reason.put("step", failedStep);
      }
      ArrayNode last = reason.putArray("logEntries");
      lines.stream()
          .filter(line -> line.step().equals(failedStep))
          .skip(Math.max(0, lines.stream().filter(l -> l.step().equals(failedStep)).count() - 20))
          .forEach(line -> last.add(line.json()));
    }
    return answer;
  }

  /** The log alone, from a time on. */
  public synchronized ObjectNode logs(String cursor, String limit, String level) {
    long from = cursor.isEmpty() ? 0 : number("cursor", cursor, 0);
    int offset = (int) lines.stream().filter(line -> line.time().toEpochMilli() < from).count();
    ObjectNode answer = Wire.object();
    ArrayNode entries = answer.putArray("logs");
    page(offset, limit, level).forEach(line -> entries.add(line.json()));
    return answer;
  }

  private List<Line> page(long offset, String limit, String level) {
    long most = number("limit", limit, LARGEST_PAGE);
    if (most > LARGEST_PAGE) {
      throw ApiException.of(400, "limit must be 0 to " + LARGEST_PAGE);
    }
    int least = level.isEmpty() ? 0 : LEVELS.indexOf(level);
    if (least < 0) {
      throw ApiException.of(400, "level must be one of " + LEVELS);
    }
    return lines.stream()
        .filter(line -> LEVELS.indexOf(line.level()) >= least)
        .skip(offset)
        .limit(most)
        .toList();
  }

  private static long number(String name, String value, long otherwise) {
    if (value.isEmpty()) {
      return otherwise;
    }
    if (!value.matches("\\d{1,15}")) {
      throw ApiException.of(400, name + " must be a number, 0 or more");
    }
    return Long.parseLong(value);
  }
}
