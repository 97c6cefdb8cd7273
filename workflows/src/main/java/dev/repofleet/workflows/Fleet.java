package dev.repofleet.workflows;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A fleet by its name: the task queues its workers poll and the workflow ids its batches get.
 * Immutable.
 *
 * <p>Two fleets may live in one namespace. Batches of a fleet that is not {@link #DEFAULT} begin
 * with its name and a dot, so that ids never meet.
 *
 * @param name {@code [a-z0-9][a-z0-9-]{0,30}}, not ending in {@code -run}
 */
public record Fleet(String name) {
  /** What a batch's id looks like, as a regular expression without groups. */
  public static final String BATCH_ID = "[a-z0-9][a-z0-9.-]{0,62}";

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,30}");
  private static final String RUNS = "-run";
  private static final Pattern BATCH = Pattern.compile(BATCH_ID);

  /** Its batches' ids are as long as this and a time. */
  private static final Pattern SCHEDULE = Pattern.compile("[a-z0-9][a-z0-9.-]{0,46}");

  private static final DateTimeFormatter NOMINAL =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final Pattern SCHEDULED = Pattern.compile("(.+)-(\\d{8}-\\d{6})");

  /** The fleet of everybody who named none. Below the patterns that its constructor needs. */
  public static final Fleet DEFAULT = new Fleet("repofleet");

  public Fleet {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "fleet name \""
              + name
              + "\" is not usable: take 1 to 31 of a-z, 0-9 and '-', a letter or digit first");
    }
    if (name.endsWith(RUNS)) {
      throw new IllegalArgumentException(
          "fleet name \""
              + name
              + "\" ends in "
              + RUNS
              + ", as the second task queue of another fleet does: take another name");
    }
  }

  /** The fleet that polls a task queue; empty when it is the queue of no fleet. */
  public static Optional<Fleet> polling(String taskQueue) {
    String name =
        taskQueue.endsWith(RUNS)
            ? taskQueue.substring(0, taskQueue.length() - RUNS.length())
            : taskQueue;
    return NAME.matcher(name).matches() && !name.endsWith(RUNS)
        ? Optional.of(new Fleet(name))
        : Optional.empty();
  }

  /** Task queue of workflows and short activities. */
  public String taskQueue() {
    return name;
  }

  /**
   * Task queue of agent runs alone, so that runs of hours never keep a release from being started.
   */
  public String runTaskQueue() {
    return name + RUNS;
  }

  /** Whether it may be the id of a batch, of whichever fleet. */
  public static boolean isBatchId(String batch) {
    return BATCH.matcher(batch).matches();
  }

  /**
   * Checks a batch id.
   *
   * @throws IllegalArgumentException when it is not of the form {@code [a-z0-9][a-z0-9.-]{0,62}},
   *     or lacks the prefix that a fleet other than the default one asks for
   */
  public String requireBatch(String batch) {
    if (!isBatchId(batch)) {
      throw new IllegalArgumentException(
          "batch id \""
              + batch
              + "\" is not usable: take 1 to 63 of a-z, 0-9, '.' and '-', a letter or digit first");
    }
    if (!equals(DEFAULT) && !batch.startsWith(name + ".")) {
      throw new IllegalArgumentException(
          "batch id \"" + batch + "\" must begin with \"" + name + ".\", the fleet's name");
    }
    return batch;
  }

  /**
   * Checks the name of a schedule.
   *
   * @throws IllegalArgumentException when it is not of the form {@code [a-z0-9][a-z0-9.-]{0,46}},
   *     or lacks the prefix that a fleet other than the default one asks for
   */
  public String requireSchedule(String schedule) {
    if (!SCHEDULE.matcher(schedule).matches()) {
      throw new IllegalArgumentException(
          "schedule name \""
              + schedule
              + "\" is not usable: take 1 to 47 of a-z, 0-9, '.' and '-', a letter or digit first");
    }
    if (!equals(DEFAULT) && !schedule.startsWith(name + ".")) {
      throw new IllegalArgumentException(
          "schedule name \"" + schedule + "\" must begin with \"" + name + ".\", the fleet's name");
    }
    return schedule;
  }

  /** Workflow id of the fleet's pool. */
  public String poolWorkflowId() {
    return "sandbox-pool/" + (equals(DEFAULT) ? "" : name + ".") + "default";
  }

  /** Workflow id of a batch. */
  public static String batchWorkflowId(String batch) {
    return "review-batch/" + batch;
  }

  /** Workflow id of the look at what a batch would begin. */
  public static String estimateWorkflowId(String batch) {
    return "batch-estimate/" + batch;
  }

  /** Workflow id of the publishing of a batch. */
  public static String publishWorkflowId(String batch) {
    return "publish/" + batch;
  }

  /** Workflow id of the look at what became of what was published of a batch. */
  public static String publishedWorkflowId(String batch) {
    return "published/" + batch;
  }

  /** Workflow id of one repository's review within a batch. */
  public static String reviewWorkflowId(String batch, String key) {
    return "review/" + batch + "/" + key;
  }

  /** Id of a schedule on the server. */
  public static String scheduleId(String schedule) {
    return "review-schedule/" + schedule;
  }

  /**
   * What the ids of the workflows that a schedule starts begin with; the server appends the time.
   */
  public static String scheduledBatchWorkflowId(String schedule) {
    return "scheduled-batch/" + schedule;
  }

  /**
   * Id of the batch of one run of a schedule.
   *
   * @param nominal the time it was due, of which seconds count, whenever it began
   */
  public static String scheduledBatch(String schedule, Instant nominal) {
    return schedule + "-" + NOMINAL.format(nominal);
  }

  /**
   * Id of the workflow by which a schedule began a batch; empty when the batch's id is not one of
   * {@link #scheduledBatch}. A person may have typed such an id: then there is no such workflow.
   */
  public static Optional<String> scheduledRunWorkflowId(String batch) {
    Matcher parts = SCHEDULED.matcher(batch);
    if (!parts.matches()) {
      return Optional.empty();
    }
    String schedule = parts.group(1);
    try {
      Instant nominal = NOMINAL.parse(parts.group(2), Instant::from);
      // Not by a day that there is not, which is taken for another one.
      return scheduledBatch(schedule, nominal).equals(batch)
          ? Optional.of(scheduledBatchWorkflowId(schedule) + "-" + nominal)
          : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
