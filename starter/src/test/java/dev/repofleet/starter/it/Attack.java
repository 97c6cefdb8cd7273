package dev.repofleet.starter.it;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * What an attack decides by chance, out of a seed that is printed: {@code -Drepofleet.seed=N} does
 * the same again, as far as the machine does. For one thread.
 */
public final class Attack {
  /**
   * {@code -Drepofleet.attack=long}: the heavier form of the attacks, for hours that nobody waits
   * for.
   */
  public static final String LONG = "repofleet.attack";

  private static final List<String> NAMES =
      List.of(
          "amber", "birch", "cedar", "dune", "ember", "fjord", "grove", "heath", "islet", "jetty");

  private final String test;
  private final Random random;

  private Attack(String test, long seed) {
    this.test = test;
    this.random = new Random(seed);
  }

  /** One event of an attack: it has its effect and takes it back. */
  public interface Event {
    /** Blocks until it is over. */
    void happen(AttackedFleet attacked, StartedBatch batch, Attack attack);
  }

  /**
   * An event with the name that is printed.
   *
   * @param name a few words
   * @param event what happens
   */
  public record Piece(String name, Event event) {}

  /** Takes the seed that was asked for, or any, and prints it. */
  public static Attack begin(String test) {
    return of(test, seed(test));
  }

  /** The seed that was asked for, or any; printed. */
  public static long seed(String test) {
    long seed = Long.getLong("repofleet.seed", System.nanoTime() & 0xffff_ffffL);
    System.out.println(test + ": again with -Drepofleet.seed=" + seed);
    return seed;
  }

  /** One by this seed. */
  static Attack of(String test, long seed) {
    return new Attack(test, seed);
  }

  /** The first so many names for repositories. */
  public static List<String> names(int count) {
    return NAMES.subList(0, count);
  }

  /** One of two numbers: in the long form the first. */
  public int ofLong(int inLong, int otherwise) {
    return "long".equals(System.getProperty(LONG)) ? inLong : otherwise;
  }

  /** A number from 0 to below {@code bound}. */
  public int next(int bound) {
    return random.nextInt(bound);
  }

  /** One of them. */
  public <T> T one(List<T> of) {
    return of.get(next(of.size()));
  }

  /** Waits for a random time up to this. */
  public void pause(Duration atMost) {
    waitFor(Duration.ofMillis(next(Math.toIntExact(atMost.toMillis()) + 1)));
  }

  /** Lets an event last. */
  public static void waitFor(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** So many random events at random moments, up to {@code apart} from one to the next. */
  public void happen(
      AttackedFleet attacked, StartedBatch batch, List<Piece> pieces, int events, Duration apart) {
    List<String> happened = new ArrayList<>();
    for (int i = 0; i < events; i++) {
      pause(apart);
      Piece piece = one(pieces);
      happened.add(piece.name());
      System.out.printf("%s: %d. %s%n", test, i + 1, piece.name());
      try {
        piece.event().happen(attacked, batch, this);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("the attack itself failed, in " + happened, e);
      }
    }
  }
}
