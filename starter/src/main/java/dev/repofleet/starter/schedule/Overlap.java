package dev.repofleet.starter.schedule;

import dev.repofleet.starter.command.NearestName;
import io.temporal.api.enums.v1.ScheduleOverlapPolicy;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What happens when a run is due while the batch of one before it is at work. */
enum Overlap {
  /** It is left out. */
  SKIP(ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_SKIP),
  /** It begins when that has ended; more than one that waits is left out. */
  BUFFER_ONE(ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_BUFFER_ONE),
  /** It begins when all before it have ended. */
  BUFFER_ALL(ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_BUFFER_ALL),
  /** That is cancelled, and it begins once that has ended. */
  CANCEL_OTHER(ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_CANCEL_OTHER),
  /** It begins at once, while that is being cancelled. */
  TERMINATE_OTHER(ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_TERMINATE_OTHER),
  /** Both are at work. */
  ALLOW_ALL(ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL);

  private final ScheduleOverlapPolicy policy;

  Overlap(ScheduleOverlapPolicy policy) {
    this.policy = policy;
  }

  ScheduleOverlapPolicy policy() {
    return policy;
  }

  /** As it is typed: {@code buffer-one}. */
  String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The codes of all. */
  static List<String> codes() {
    return Arrays.stream(values()).map(Overlap::code).collect(Collectors.toUnmodifiableList());
  }

  /**
   * By its code.
   *
   * @throws IllegalArgumentException when there is none, with those there are
   */
  static Overlap of(String typed) {
    return Arrays.stream(values())
        .filter(value -> value.code().equals(typed.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'"
                        + typed
                        + "' is none: "
                        + NearestName.of(typed, codes())
                            .map(name -> "did you mean '" + name + "'?")
                            .orElseGet(() -> "there are " + String.join(", ", codes()))));
  }

  /** The code of what the server has; its own name where this version knows none. */
  static String code(ScheduleOverlapPolicy policy) {
    return Arrays.stream(values())
        .filter(value -> value.policy == policy)
        .findFirst()
        .map(Overlap::code)
        // The server's default is to skip.
        .orElse(
            policy == ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_UNSPECIFIED
                ? SKIP.code()
                : policy.name().toLowerCase(Locale.ROOT));
  }
}
