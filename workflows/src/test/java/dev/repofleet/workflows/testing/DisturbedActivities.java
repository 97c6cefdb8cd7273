package dev.repofleet.workflows.testing;

import dev.repofleet.workflows.Cause;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInfo;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Activities whose attempts are counted, checked for their task queue, and disturbed where a test
 * says so. Thread-safe.
 */
abstract class DisturbedActivities {
  private static final Set<String> RUN_QUEUE = Set.of("Run", "CheckWorker");

  private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, Fault> faults = new ConcurrentHashMap<>();
  private final Map<String, Runnable> hooks = new ConcurrentHashMap<>();

  /** How an activity fails: for the first {@code attempts}, before or after it had its effect. */
  private record Fault(int attempts, boolean after, Function<String, RuntimeException> failure) {}

  /** The activity's first attempts fail with what Temporal retries. */
  public void failing(String activity, int attempts, Cause cause) {
    faults.put(
        activity,
        new Fault(
            attempts,
            false,
            text -> ApplicationFailure.newFailure("no luck in " + text, cause.code())));
  }

  /** Every attempt fails with a failure of this type, and no retry helps. */
  public void failingForGood(String activity, String type) {
    faults.put(activity, new Fault(Integer.MAX_VALUE, false, text -> fatal(text, type)));
  }

  /** From now on nothing is wrong with the activity any more. */
  public void working(String activity) {
    faults.remove(activity);
  }

  /** The activity does its work, and what it answers is lost for good. */
  public void losingTheAnswerOf(String activity) {
    faults.put(
        activity, new Fault(Integer.MAX_VALUE, true, text -> fatal(text, Cause.INTERNAL.code())));
  }

  /** Something happens in the middle of each of the activity's attempts. */
  public void during(String activity, Runnable event) {
    hooks.put(activity, event);
  }

  /** Attempts of activities by type, in the order in which they began. */
  public List<String> calls() {
    synchronized (calls) {
      return List.copyOf(calls);
    }
  }

  public long callsOf(String activity) {
    return calls().stream().filter(activity::equals).count();
  }

  /** An attempt of an activity: does what it does, unless a fault keeps it or its answer back. */
  final <T> T step(String activity, Supplier<T> effect) {
    calls.add(activity);
    ActivityInfo info = Activity.getExecutionContext().getInfo();
    String queue = info.getActivityTaskQueue();
    // An estimate must not wait behind agents.
    boolean behindAgents =
        RUN_QUEUE.contains(activity) && !info.getWorkflowType().equals("BatchEstimate");
    if (queue.endsWith("-run") != behindAgents) {
      throw fatal(activity + " on " + queue, "wrong_queue");
    }
    hooks.getOrDefault(activity, () -> {}).run();
    Fault fault = faults.get(activity);
    boolean strikes =
        fault != null && Activity.getExecutionContext().getInfo().getAttempt() <= fault.attempts();
    if (fault != null && strikes && !fault.after()) {
      throw fault.failure().apply(activity);
    }
    T result = effect.get();
    if (fault != null && strikes) {
      throw fault.failure().apply(activity);
    }
    return result;
  }

  /** A failure that no retry helps. */
  static ApplicationFailure fatal(String text, String type) {
    return ApplicationFailure.newNonRetryableFailure("no hope in " + text, type);
  }
}
