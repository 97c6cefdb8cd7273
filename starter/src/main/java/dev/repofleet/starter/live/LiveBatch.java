package dev.repofleet.starter.live;

import dev.repofleet.artifacts.finding.SeverityCounts;
import dev.repofleet.artifacts.result.RepositoryStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A batch as the live view knows it: who is in work, who has ended, what it came to. For one
 * thread.
 */
public final class LiveBatch {
  /** Ended rows that are kept to be shown; a terminal has no room for more. */
  private static final int MAX_ENDED = 200;

  private final String batch;
  private int total;
  private final Map<Integer, LiveRow> working = new TreeMap<>();
  private final List<LiveRow> latest = new ArrayList<>();
  private final Map<Integer, LiveRow> ended = new HashMap<>();
  private @Nullable String held;

  /**
   * A batch of which nothing is known yet.
   *
   * @param total number of its repositories
   */
  public LiveBatch(String batch, int total) {
    this.batch = batch;
    this.total = total;
  }

  /** How many repositories it has now: some may have been added. */
  public void total(int count) {
    total = count;
  }

  /** A repository is in work, and how; one that had ended was asked for again. */
  public void works(int index, LiveRow row) {
    working.put(index, row);
    LiveRow before = ended.remove(index);
    if (before != null) {
      latest.remove(before);
    }
  }

  /** A repository has ended. */
  public void ends(int index, LiveRow row) {
    working.remove(index);
    LiveRow before = ended.put(index, row);
    if (before != null) {
      latest.remove(before);
    }
    latest.add(0, row);
    if (latest.size() > MAX_ENDED) {
      latest.remove(latest.size() - 1);
    }
  }

  /** Why it is held and what lets it go on, in a line; absent: it goes on. */
  public void held(@Nullable String line) {
    held = line;
  }

  @Nullable String held() {
    return held;
  }

  String batch() {
    return batch;
  }

  int total() {
    return total;
  }

  Collection<LiveRow> working() {
    return working.values();
  }

  /** The latest first. */
  List<LiveRow> ended() {
    return latest;
  }

  int endedCount() {
    return ended.size();
  }

  Map<RepositoryStatus, Integer> endedByStatus() {
    Map<RepositoryStatus, Integer> counts = new EnumMap<>(RepositoryStatus.class);
    for (LiveRow row : ended.values()) {
      RepositoryStatus status = row.status();
      counts.merge(status == null ? RepositoryStatus.FAILED : status, 1, Integer::sum);
    }
    return counts;
  }

  SeverityCounts findings() {
    return all().map(LiveRow::findings).reduce(SeverityCounts.NONE, SeverityCounts::plus);
  }

  double costUsd() {
    return all().mapToDouble(LiveRow::costUsd).sum();
  }

  private Stream<LiveRow> all() {
    return Stream.concat(ended.values().stream(), working.values().stream());
  }

  /**
   * How long the rest takes if it goes on like this: each as long as the ones that are complete, as
   * many at once as now. Empty until the first is complete, and while it is held.
   */
  Optional<Duration> left(Instant now) {
    LongSummaryStatistics taken =
        ended.values().stream()
            .filter(row -> row.status() == RepositoryStatus.COMPLETE)
            .map(LiveRow::took)
            .filter(Objects::nonNull)
            .mapToLong(Duration::toMillis)
            .summaryStatistics();
    if (taken.getCount() == 0 || working.isEmpty() || held != null) {
      return Optional.empty();
    }
    double usual = Math.max(1, taken.getAverage() / 1e3);
    double longest = 0;
    double work = (total - endedCount() - working.size()) * usual;
    for (LiveRow row : working.values()) {
      Duration time = row.time(now);
      double age = time == null ? 0 : time.toMillis() / 1e3;
      // One that is slower than usual has a while to go, and longer the longer it has taken.
      double rest = Math.max(usual - age, age / 4);
      longest = Math.max(longest, rest);
      work += rest;
    }
    return Optional.of(Duration.ofSeconds(Math.round(Math.max(longest, work / working.size()))));
  }
}
