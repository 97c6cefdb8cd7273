package dev.repofleet.e2b.local.fault;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The fault switches of a server: none at its start. Thread-safe. A request is struck by the first
 * switch that fits it, and by every latency that does.
 *
 * <p>The dice of a switch are its seed's, in the order in which fitting requests come.
 */
public final class Faults {
  private final List<Switch> switches = new CopyOnWriteArrayList<>();

  public Faults() {}

  /** A switch with what it has done so far. */
  private static final class Switch {
    private final Fault fault;
    private final Random dice;
    private int struck;

    private Switch(Fault fault) {
      this.fault = fault;
      this.dice = new Random(fault.seed());
    }

    /** Whether it strikes this request; counts when it does. */
    private synchronized boolean strikes(FaultRoute route, String sandboxId) {
      boolean fits =
          struck < fault.times()
              && fault.routes().contains(route)
              && fault.kind().fits(route)
              && (fault.sandboxId() == null || fault.sandboxId().equals(sandboxId));
      if (!fits || (fault.probability() < 1 && dice.nextDouble() >= fault.probability())) {
        return false;
      }
      struck++;
      return true;
    }

    private synchronized Duration latency() {
      long jitter = fault.jitter().toNanos();
      return fault.latency().plusNanos(jitter == 0 ? 0 : (long) (dice.nextDouble() * jitter));
    }

    private synchronized int struck() {
      return struck;
    }
  }

  /**
   * A switch and what it has done.
   *
   * @param fault the switch
   * @param struck requests it has struck so far
   */
  public record Status(Fault fault, int struck) {}

  /** Adds a switch; it is on at once. */
  public void add(Fault fault) {
    switches.add(new Switch(fault));
  }

  /** Puts these in the place of all there were. */
  public void replace(List<Fault> faults) {
    switches.clear();
    faults.forEach(this::add);
  }

  /** Takes all away. */
  public void clear() {
    switches.clear();
  }

  /**
   * All switches, in order.
   *
   * @return with how often each has struck
   */
  public List<Status> status() {
    return switches.stream().map(one -> new Status(one.fault, one.struck())).toList();
  }

  /**
   * Casts the dice over one request.
   *
   * @param sandboxId empty when it is about none
   */
  public Strike strike(FaultRoute route, String sandboxId) {
    Strike strike = Strike.NONE;
    for (Switch one : switches) {
      boolean latency = one.fault.kind() == FaultKind.LATENCY;
      if ((latency || strike.fault() == null) && one.strikes(route, sandboxId)) {
        strike =
            latency
                ? new Strike(strike.fault(), strike.delay().plus(one.latency()))
                : new Strike(one.fault, strike.delay());
      }
    }
    return strike;
  }
}
