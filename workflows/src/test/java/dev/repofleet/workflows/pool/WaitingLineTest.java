package dev.repofleet.workflows.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.workflows.lease.LeaseRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WaitingLineTest {
  private final WaitingLine line = new WaitingLine(List.of(), 0);

  @Test
  void batchesTakeTurnsHoweverManyOneOfThemAsksFor() {
    for (int i = 0; i < 6; i++) {
      line.add(request("large", i, LeaseRequest.BEGINS), 0);
    }
    line.add(request("small", 0, LeaseRequest.BEGINS), 0);
    line.add(request("small", 1, LeaseRequest.BEGINS), 0);
    assertThat(takeAll())
        .containsExactly(
            "large-0", "small-0", "large-1", "small-1", "large-2", "large-3", "large-4", "large-5");
  }

  @Test
  void whatIsHalfPaidForGoesFirst() {
    line.add(request("a", 0, LeaseRequest.BEGINS), 0);
    line.add(request("a", 1, LeaseRequest.GOES_ON), 0);
    assertThat(takeAll()).containsExactly("a-1", "a-0");
  }

  @Test
  void askingAgainKeepsThePlace() {
    line.add(request("a", 0, LeaseRequest.BEGINS), 0);
    line.add(request("a", 1, LeaseRequest.BEGINS), 0);
    line.add(request("a", 0, LeaseRequest.BEGINS), 60_000);
    line.dropSilentSince(30_000);
    assertThat(takeAll()).containsExactly("a-0");
  }

  @Test
  void aFullLineSendsAwayButNotThoseInIt() {
    for (int i = 0; i < WaitingLine.MOST; i++) {
      assertThat(line.add(request("a", i, LeaseRequest.BEGINS), 0)).isTrue();
    }
    assertThat(line.add(request("b", 0, LeaseRequest.BEGINS), 0)).isFalse();
    assertThat(line.add(request("a", 7, LeaseRequest.BEGINS), 1)).isTrue();
    assertThat(line.size()).isEqualTo(WaitingLine.MOST);
  }

  /** Others may come as fast as places come free: nobody is passed over for ever. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void everybodyIsServedAfterABoundedNumberOfOthers(long seed) {
    Random random = new Random(seed);
    int batches = 4;
    int depth = 5;
    int bound = WaitingLine.LOWEST_EVERY * batches * (depth + 1);
    Map<String, Integer> passed = new LinkedHashMap<>();
    int next = 0;
    for (int step = 0; step < 5_000; step++) {
      while (line.size() < 2 * batches * depth) {
        LeaseRequest request =
            request("b" + random.nextInt(batches), next++, random.nextInt(4) == 0 ? 1 : 0);
        if (line.byBatch().getOrDefault(request.batch(), 0) < 2 * depth) {
          line.add(request, step);
          passed.put(request.leaseId(), 0);
        }
      }
      String served = line.take().request().leaseId();
      passed.remove(served);
      passed.replaceAll((lease, count) -> count + 1);
      assertThat(passed.values()).as("seed %d, step %d", seed, step).allMatch(n -> n <= 2 * bound);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aLineThatWasTakenAlongGoesOnAsItWould(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 60; i++) {
      line.add(request("b" + random.nextInt(3), i, random.nextInt(2)), i);
      if (random.nextInt(3) == 0) {
        line.take();
      }
    }
    WaitingLine copy = new WaitingLine(line.toCarry(), line.passed());
    while (!line.isEmpty()) {
      assertThat(Objects.requireNonNull(copy.peek()).leaseId())
          .isEqualTo(Objects.requireNonNull(line.peek()).leaseId());
      assertThat(copy.take()).isEqualTo(line.take());
    }
    assertThat(copy.isEmpty()).isTrue();
  }

  private List<String> takeAll() {
    List<String> order = new ArrayList<>();
    while (!line.isEmpty()) {
      order.add(line.take().request().leaseId());
    }
    return order;
  }

  static LeaseRequest request(String batch, int number, int priority) {
    String lease = batch + "-" + number;
    return new LeaseRequest(
        lease,
        "review/" + batch + "/" + number,
        "run-" + lease,
        batch,
        priority,
        "claude",
        null,
        null);
  }
}
