package dev.repofleet.workflows.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.pool.EndLeasesInput;
import dev.repofleet.workflows.activities.pool.PoolInspection;
import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.lease.ProviderTrouble;
import dev.repofleet.workflows.pool.PoolCarry.Warm;
import dev.repofleet.workflows.pool.PoolWorld.Review;
import dev.repofleet.workflows.pool.PoolWorld.Sandbox;
import dev.repofleet.workflows.pool.PoolWorld.State;
import dev.repofleet.workflows.pool.settings.IdleState;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import dev.repofleet.workflows.pool.settings.PoolSettingsChange;
import dev.repofleet.workflows.pool.settings.Reuse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Thousands of random histories of a pool and its surroundings. Each step checks what a pool
 * promises; at the end of each history everybody has been served and nothing is left.
 *
 * <p>A failure names its seed: {@code -Drepofleet.seed=N} runs that history alone.
 */
@Execution(ExecutionMode.CONCURRENT)
class SandboxPoolHistoriesTest {
  private static final int HISTORIES = 1_000;
  private static final int STEPS = 200;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void everyHistoryKeepsThePromisesOfAPool(int thousand) {
    Integer only = Integer.getInteger("repofleet.seed");
    if (only != null) {
      new History(only).run();
      return;
    }
    for (int seed = thousand * HISTORIES; seed < (thousand + 1) * HISTORIES; seed++) {
      new History(seed).run();
    }
  }

  private static final class History {
    private final int seed;
    private final Random random;
    private final PoolSettings settings;
    private final PoolWorld world;
    private final List<PoolCarry> past = new ArrayList<>();
    private int fences;
    private SandboxPool pool;

    /** Until when the pool learns what it has forgotten, and gives no permit. */
    private long learnsUntil;

    /** Sandboxes may be more than the pool allows after its state was lost. */
    private boolean lostItsState;

    /**
     * What a pool that was reset gives once more its holders may have had before, by another fence.
     */
    private boolean wasReset;

    private @Nullable PoolInspection look;
    private List<Sandbox> seen = List.of();
    private long lookedAt;
    private List<EndLeasesInput.Left> ending = List.of();
    private @Nullable Warm warming;

    History(int seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.settings = settings(random);
      this.world = new PoolWorld(random, random.nextBoolean() ? settings.maximumPoolSize() : 1_000);
      this.pool = new SandboxPool(PoolCarry.nothing(settings), lease -> fence(), change -> true);
    }

    private static PoolSettings settings(Random random) {
      return new PoolSettings(
          1 + random.nextInt(8),
          1 + random.nextInt(5),
          random.nextInt(4),
          random.nextInt(3) == 0 ? Map.of(PoolWorld.TEMPLATE, 1 + random.nextInt(2)) : Map.of(),
          random.nextBoolean() ? IdleState.RUNNING : IdleState.PAUSED,
          Duration.ofMinutes(5),
          Duration.ofMinutes(2),
          random.nextInt(3) == 0 ? Reuse.REPOSITORY : Reuse.NONE);
    }

    private String fence() {
      return "fence-" + fences++;
    }

    void run() {
      for (int step = 0; step < STEPS; step++) {
        world.now += random.nextInt(2_000);
        happen();
        settle();
      }
      world.quiet = true;
      world.others = 0;
      pool.resume(world.now);
      askBack();
      drain();
    }

    /** Of those that wait for long no more stay paused than may, whatever was lost on the way. */
    private void askBack() {
      long end = world.now + LeaseBook.ASK_AGAIN;
      while (world.now < end || (isTooMuchPaused() && world.now < end + 600_000)) {
        world.now += 10_000;
        settle();
      }
      assertThat(isTooMuchPaused()).as(() -> described("paused")).isFalse();
      if (!wasReset) {
        assertThat(pool.status("pool", world.now).leased())
            .as(() -> described("parked ones take no place"))
            .isLessThanOrEqualTo(notParked());
      }
      world.answerAll();
    }

    private int notParked() {
      return (int)
          world.reviews.values().stream()
              .filter(one -> one.isOpen() && one.state != State.PARKED)
              .count();
    }

    private boolean isTooMuchPaused() {
      return pool.status("pool", world.now).parked() > settings.maxPaused();
    }

    private void drain() {
      for (int step = 0; step < 2_000 && !isOver(); step++) {
        world.now += 1_000;
        settle();
      }
      String end = "seed " + seed + ": " + pool.status("pool", world.now) + " " + states();
      assertThat(world.reviews.values()).as(end).noneMatch(Review::isOpen);
      pool.set(pool.settings().with(noWarm()));
      for (int step = 0; step < 1_000 && !isEmpty(); step++) {
        world.now += 10_000;
        settle();
      }
      assertThat(
              world.sandboxes.values().stream().map(one -> one.id + " " + one.label + one.paused))
          .as("seed " + seed + ": live at the end")
          .isEmpty();
      assertThat(pool.holdsAnything())
          .as("seed " + seed + ": " + pool.status("pool", world.now))
          .isFalse();
    }

    private static PoolSettingsChange noWarm() {
      return new PoolSettingsChange(null, null, null, Map.of(), null, null, null, Reuse.NONE);
    }

    private boolean isOver() {
      return world.reviews.values().stream().noneMatch(Review::isOpen);
    }

    private boolean isEmpty() {
      return world.sandboxes.isEmpty() && !pool.holdsAnything();
    }

    private String states() {
      Map<State, Long> counts = new LinkedHashMap<>();
      world.reviews.values().forEach(one -> counts.merge(one.state, 1L, Long::sum));
      return counts.toString();
    }

    private void happen() {
      switch (random.nextInt(40)) {
        case 0, 1, 2, 3, 4, 5 -> world.begin("b" + random.nextInt(3));
        case 6, 7 -> anyReview(world::kill);
        case 8 -> anyReview(world::reset);
        case 9, 10 -> killSandbox();
        case 11 -> world.others = random.nextInt(settings.maximumPoolSize() + 1);
        case 12 -> {
          if (warming == null) {
            past.add(pool.toCarry(false));
          }
        }
        case 13 -> {
          if (warming == null && look == null && ending.isEmpty()) {
            pool = new SandboxPool(pool.toCarry(false), lease -> fence(), change -> true);
          }
        }
        case 14 -> loseState();
        case 15 -> trouble();
        case 16 -> pool.resume(world.now);
        case 17 -> world.now += random.nextInt(120_000);
        case 18 -> anyReview(world::cancel);
        default -> {}
      }
    }

    private void anyReview(java.util.function.Consumer<Review> fate) {
      List<Review> open = world.reviews.values().stream().filter(Review::isOpen).toList();
      if (!open.isEmpty()) {
        fate.accept(open.get(random.nextInt(open.size())));
      }
    }

    private void killSandbox() {
      List<String> ids = List.copyOf(world.sandboxes.keySet());
      if (!ids.isEmpty()) {
        world.sandboxes.remove(ids.get(random.nextInt(ids.size())));
      }
    }

    /** The pool is reset to an earlier point, or terminated and started anew. */
    private void loseState() {
      if (random.nextInt(3) > 0) {
        return;
      }
      PoolCarry before =
          past.isEmpty() || random.nextBoolean()
              ? PoolCarry.nothing(pool.settings())
              : past.get(random.nextInt(past.size()));
      wasReset |= !before.equals(PoolCarry.nothing(pool.settings()));
      pool = new SandboxPool(before, lease -> fence(), change -> true);
      pool.doubt();
      learnsUntil = world.now + SandboxPoolWorkflowImpl.LEARNS.toMillis();
      lostItsState = true;
      look = null;
      ending = List.of();
      warming = null;
    }

    private void trouble() {
      Cause cause =
          List.of(Cause.MODEL_OVERLOADED, Cause.MODEL_RATE_LIMITED, Cause.MODEL_AUTH)
              .get(random.nextInt(3));
      pool.trouble(
          new ProviderTrouble(
              cause,
              random.nextBoolean() ? 10L : null,
              cause == Cause.MODEL_RATE_LIMITED && random.nextBoolean() ? world.now + 60_000 : null,
              null),
          world.now);
    }

    /** One round of what the pool's workflow does, and of what the world answers. */
    private void settle() {
      world.step(pool);
      world.givenBack.forEach(one -> pool.ended(one, world.now));
      world.givenBack.clear();
      looks();
      if (world.now >= learnsUntil) {
        pool.work(world.now);
        deliver();
        ends();
        warms();
      }
      check();
    }

    private void deliver() {
      List<PermitReply> replies = pool.outbox().take();
      for (PermitReply reply : replies) {
        if (reply.kind() == PermitReply.Kind.GRANTED && !world.slots.contains(reply.notBefore())) {
          String sandboxId = reply.sandboxId();
          Sandbox warm = sandboxId == null ? null : world.sandboxes.get(sandboxId);
          if (sandboxId == null || (warm != null && warm.paused)) {
            world.slots.add(reply.notBefore());
          }
        }
        if (reply.kind() == PermitReply.Kind.GRANTED && reply.sandboxId() != null) {
          String other = world.leasedSandboxes.put(reply.sandboxId(), reply.leaseId());
          assertThat(other == null || other.equals(reply.leaseId()))
              .as(
                  "seed %d: %s is leased to %s and %s",
                  seed, reply.sandboxId(), other, reply.leaseId())
              .isTrue();
        }
      }
      List<String> gone = world.deliver(replies);
      gone.forEach(pool.outbox()::holderGone);
      pool.outbox().told(replies);
    }

    private void looks() {
      if (look == null && (world.now - lookedAt > 60_000 || world.now < learnsUntil)) {
        lookedAt = world.now;
        look = pool.inspection("repofleet", false);
        seen = world.list();
      } else if (look != null && random.nextInt(3) == 0) {
        pool.inspected(world.look(look, seen), lookedAt);
        look = null;
      }
    }

    private void ends() {
      if (ending.isEmpty()) {
        ending = pool.ending();
      } else if (random.nextInt(3) == 0) {
        pool.resolved(world.end(ending, pool.spared()), world.now);
        ending = List.of();
      }
    }

    private void warms() {
      if (warming == null) {
        warming = pool.warmUp(world.now);
        if (warming != null) {
          world.slots.add(warming.createdAt());
        }
      } else if (world.now >= warming.createdAt()) {
        if (world.running() >= world.quota - world.others || random.nextInt(10) == 0) {
          pool.stock().failed(warming, Cause.INTERNAL, world.now);
        } else {
          Sandbox made = world.sandbox(warming.label(), null);
          made.paused = pool.settings().idle() == IdleState.PAUSED;
          pool.stock().arrived(warming, made.id, made.paused, world.now);
        }
        warming = null;
      }
    }

    private void check() {
      PoolStatus status = pool.status("pool", world.now);
      if (!lostItsState) {
        assertThat(status.total())
            .as(() -> described("places"))
            .isLessThanOrEqualTo(settings.maximumPoolSize());
        assertThat(world.running())
            .as(() -> described("sandboxes"))
            .isLessThanOrEqualTo(settings.maximumPoolSize());
      }
      checkRate();
    }

    /** For a failure alone: said at each step it would be most of the work. */
    private String described(String what) {
      return "seed %d: %s at %d: %s".formatted(seed, what, world.now, describe());
    }

    private String describe() {
      return pool.toCarry(false)
          + "\nat E2B: "
          + world.sandboxes.values().stream()
              .map(one -> one.id + (one.paused ? " paused " : " running ") + one.label)
              .toList()
          + "\nby id: "
          + world.leasedSandboxes
          + "\nreviews: "
          + world.reviews.values().stream()
              .filter(Review::isOpen)
              .map(one -> one.leaseId() + " " + one.state + " " + one.sandboxId)
              .toList();
    }

    private void checkRate() {
      List<Long> slots = world.slots;
      int last = slots.size() - 1;
      int rate = (int) settings.createRate();
      if (last >= rate) {
        List<Long> recent = new ArrayList<>(slots.subList(Math.max(0, last - 50), last + 1));
        recent.sort(Long::compare);
        for (int i = rate; i < recent.size(); i++) {
          assertThat(recent.get(i) - recent.get(i - rate))
              .as("seed %d: %d creates within a second: %s", seed, rate + 1, recent)
              .isGreaterThanOrEqualTo(1_000);
        }
      }
    }
  }
}
