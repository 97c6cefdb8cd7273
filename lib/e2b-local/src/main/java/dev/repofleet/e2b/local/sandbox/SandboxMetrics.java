package dev.repofleet.e2b.local.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.machine.MachineUsage;
import dev.repofleet.e2b.local.wire.ApiException;
import dev.repofleet.e2b.local.wire.Wire;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What one sandbox used at the times when somebody asked: measured by the call itself, as nothing
 * runs here in between. The last 1,000 measurements are kept. Thread-safe.
 */
public final class SandboxMetrics {
  private static final int KEPT = 1000;

  private record Sample(Instant time, double cpuPercent, MachineUsage usage) {
    ObjectNode json() {
      return Wire.object()
          .put("timestamp", time.truncatedTo(ChronoUnit.SECONDS).toString())
          .put("timestampUnix", time.getEpochSecond())
          .put("cpuCount", usage.cpuCount())
          .put("cpuUsedPct", Math.round(cpuPercent * 100) / 100.0)
          .put("memUsed", usage.memoryUsed())
          .put("memTotal", usage.memoryTotal())
          .put("memCache", usage.memoryCache())
          .put("diskUsed", usage.diskUsed())
          .put("diskTotal", usage.diskTotal());
    }
  }

  private final InstantSource clock;
  private final Instant begin;
  private final Deque<Sample> samples = new ArrayDeque<>();

  SandboxMetrics(InstantSource clock) {
    this.clock = clock;
    this.begin = clock.instant();
  }

  /** Adds a measurement of now. */
  public synchronized void add(MachineUsage usage) {
    Instant now = clock.instant();
    @Nullable Sample last = samples.peekLast();
    Duration passed = Duration.between(last == null ? begin : last.time(), now);
    Duration before = last == null ? Duration.ZERO : last.usage().cpuTime();
    // Below zero when processes have ended since: their time is gone with them.
    long worked = Math.max(0, usage.cpuTime().minus(before).toMillis());
    double percent = passed.toMillis() <= 0 ? 0 : 100.0 * worked / passed.toMillis();
    double most = 100.0 * usage.cpuCount();
    samples.addLast(new Sample(now, Math.min(percent, most) / usage.cpuCount(), usage));
    if (samples.size() > KEPT) {
      samples.removeFirst();
    }
  }

  /** The measurements between the query's start and end, in Unix seconds. */
  public synchronized ArrayNode between(UnaryOperator<String> query) {
    long start = seconds("start", query.apply("start"), 0);
    long end = seconds("end", query.apply("end"), Long.MAX_VALUE);
    if (start > end) {
      throw ApiException.of(400, "start must not be after end");
    }
    ArrayNode answer = Wire.array();
    samples.stream()
        .filter(one -> one.time().getEpochSecond() >= start && one.time().getEpochSecond() <= end)
        .forEach(one -> answer.add(one.json()));
    return answer;
  }

  public synchronized Optional<ObjectNode> latest() {
    return Optional.ofNullable(samples.peekLast()).map(Sample::json);
  }

  private static long seconds(String name, String value, long otherwise) {
    if (value.isEmpty()) {
      return otherwise;
    }
    if (!value.matches("\\d{1,12}")) {
      throw ApiException.of(400, name + " must be a time in Unix seconds");
    }
    return Long.parseLong(value);
  }
}
