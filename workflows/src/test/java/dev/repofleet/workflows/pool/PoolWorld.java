package dev.repofleet.workflows.pool;

import dev.repofleet.workflows.activities.pool.EndLeasesInput;
import dev.repofleet.workflows.activities.pool.PoolInspection;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome.Owner;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome.Stray;
import dev.repofleet.workflows.lease.LeaseEnded;
import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.pool.settings.Reuse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * E2B, reviews and the ways between them and a pool, with everything that can go wrong there: lost
 * and late messages, lost answers, refusals, killed reviews and sandboxes, a list that lags behind.
 * Time is its own.
 */
final class PoolWorld {
  static final String TEMPLATE = "claude";
  private static final long LAG = 5_000;
  private static final long ASKS_AGAIN = 60_000;

  /** Of a sandbox that nobody extends; then it pauses. */
  private static final long LIFETIME = 600_000;

  /** After which a paused sandbox of nobody's may be deleted; days are too long for a test. */
  private static final long A_DAY = 1_200_000;

  final Random random;
  final Map<String, Sandbox> sandboxes = new LinkedHashMap<>();
  final Map<String, Review> reviews = new LinkedHashMap<>();
  final List<Long> slots = new ArrayList<>();

  /** Sandboxes that somebody has a permit for by their id. */
  final Map<String, String> leasedSandboxes = new LinkedHashMap<>();

  long now = 1_000_000;
  int others;
  int quota;
  boolean quiet;

  private int names;

  PoolWorld(Random random, int quota) {
    this.random = random;
    this.quota = quota;
  }

  /** A sandbox at E2B. */
  static final class Sandbox {
    final String id;
    final String label;
    final @Nullable Review review;
    final long startedAt;
    boolean paused;

    Sandbox(String id, String label, @Nullable Review review, long startedAt) {
      this.id = id;
      this.label = label;
      this.review = review;
      this.startedAt = startedAt;
    }
  }

  /** Where a review is. */
  enum State {
    WAITING,
    GRANTED,
    WORKING,
    PARKED,
    RELEASING,
    DONE,
    KILLED
  }

  /** A review: asks, creates, works, perhaps parks and goes on, gives back. */
  final class Review {
    final String name;
    final String batch;
    final int priority;
    State state = State.WAITING;
    int lease;
    int run;
    long askAt = now;
    long waitingSince = now;
    long createAt;
    long releasedAt;
    boolean lookFirst;
    @Nullable String sandboxId;
    @Nullable String fence;
    boolean askedBack;
    boolean warm;

    /** It goes on by itself only after longer than any history is. */
    boolean patient = random.nextInt(4) == 0;

    int parks = random.nextInt(3);

    Review(String name, String batch, int priority) {
      this.name = name;
      this.batch = batch;
      this.priority = priority;
    }

    String leaseId() {
      return "review/" + batch + "/" + name + ":first:" + lease;
    }

    String runId() {
      return name + "-run-" + run;
    }

    boolean isOpen() {
      return state != State.DONE && state != State.KILLED;
    }

    LeaseRequest request() {
      return new LeaseRequest(
          leaseId(),
          "review/" + batch + "/" + name,
          runId(),
          batch,
          priority,
          TEMPLATE,
          "acme/" + name.charAt(0),
          sandboxId);
    }

    void next() {
      lease++;
      warm = false;
      sandboxId = null;
      lookFirst = false;
      waitAgain();
    }

    void waitAgain() {
      state = State.WAITING;
      waitingSince = now;
      askAt = now;
    }
  }

  Review begin(String batch) {
    Review review =
        new Review((char) ('a' + random.nextInt(6)) + "" + names++, batch, random.nextInt(2));
    reviews.put(review.name, review);
    return review;
  }

  long running() {
    return sandboxes.values().stream().filter(sandbox -> !sandbox.paused).count();
  }

  /** Lets reviews do their part; what they say goes to the pool, or is lost on the way. */
  void step(SandboxPool pool) {
    sandboxes.values().stream()
        .filter(sandbox -> isForgotten(sandbox, LIFETIME))
        .forEach(sandbox -> sandbox.paused = true);
    for (Review review : List.copyOf(reviews.values())) {
      switch (review.state) {
        case WAITING -> ask(review, pool);
        case GRANTED -> create(review, pool);
        case WORKING -> work(review, pool);
        case PARKED -> parked(review, pool);
        case RELEASING -> release(review, pool);
        default -> {}
      }
    }
  }

  /** One that nobody has a permit for any more, and that is older than this. */
  private boolean isForgotten(Sandbox sandbox, long age) {
    return sandbox.review == null && !isLeased(sandbox) && now - sandbox.startedAt > age;
  }

  private boolean isLeased(Sandbox sandbox) {
    String lease = leasedSandboxes.get(sandbox.id);
    return reviews.values().stream()
        .anyMatch(review -> review.isOpen() && review.leaseId().equals(lease));
  }

  private void ask(Review review, SandboxPool pool) {
    if (now >= review.askAt) {
      review.askAt = now + ASKS_AGAIN;
      if (quiet || random.nextInt(10) > 0) {
        pool.acquire(review.request(), now);
      }
      if (!quiet && random.nextInt(20) == 0) {
        pool.acquire(review.request(), now);
      }
    }
  }

  private void create(Review review, SandboxPool pool) {
    if (now < review.createAt) {
      return;
    }
    if (review.sandboxId != null) {
      Sandbox given = sandboxes.get(review.sandboxId);
      if (given != null) {
        wake(review, given, pool);
        return;
      }
      if (!review.warm) {
        lost(review, pool);
        return;
      }
      leasedSandboxes.remove(review.sandboxId);
      review.sandboxId = null;
    }
    Sandbox left = review.lookFirst ? find(review.leaseId()) : null;
    if (left != null) {
      review.sandboxId = left.id;
      review.state = State.WORKING;
      return;
    }
    if (running() >= quota - others) {
      refuse(review, pool, LeaseEnded.How.REFUSED_QUOTA);
    } else if (!quiet && random.nextInt(40) == 0) {
      refuse(review, pool, LeaseEnded.How.REFUSED_RATE);
    } else {
      Sandbox made = sandbox(review.leaseId(), review);
      if (!quiet && random.nextInt(15) == 0) {
        review.lookFirst = true; // the answer is lost; the next attempt comes after the lag
        review.createAt = now + LAG;
        return;
      }
      review.sandboxId = made.id;
      review.state = State.WORKING;
    }
  }

  private void wake(Review review, Sandbox given, SandboxPool pool) {
    if (given.paused && running() >= quota - others) {
      refuse(review, pool, LeaseEnded.How.REFUSED_QUOTA);
      return;
    }
    given.paused = false;
    review.warm = false;
    review.state = State.WORKING;
  }

  private void refuse(Review review, SandboxPool pool, LeaseEnded.How how) {
    pool.ended(
        new LeaseEnded(
            review.leaseId(),
            review.runId(),
            how,
            null,
            random.nextBoolean() ? 1L : null,
            review.fence),
        now);
    if (review.warm) {
      leasedSandboxes.remove(review.sandboxId);
      review.sandboxId = null;
      review.warm = false;
    }
    review.lookFirst = true;
    review.waitAgain();
  }

  Sandbox sandbox(String label, @Nullable Review review) {
    Sandbox made = new Sandbox("s" + names++, label, review, now);
    sandboxes.put(made.id, made);
    return made;
  }

  private @Nullable Sandbox find(String label) {
    return sandboxes.values().stream()
        .filter(sandbox -> sandbox.label.equals(label) && sandbox.startedAt <= now - LAG)
        .findFirst()
        .orElse(null);
  }

  private void work(Review review, SandboxPool pool) {
    Sandbox has = sandboxes.get(review.sandboxId);
    if (has == null) {
      lost(review, pool);
    } else if (random.nextInt(quiet ? 2 : 6) == 0) {
      if (review.parks > 0 && random.nextBoolean()) {
        review.parks--;
        has.paused = true;
        review.state = State.PARKED;
        pool.ended(
            new LeaseEnded(
                review.leaseId(),
                review.runId(),
                LeaseEnded.How.PARKED,
                has.id,
                null,
                review.fence),
            now);
      } else {
        end(review, pool);
      }
    }
  }

  private void end(Review review, SandboxPool pool) {
    boolean keeps = pool.settings().reuse() == Reuse.REPOSITORY && random.nextBoolean();
    Sandbox has = sandboxes.get(review.sandboxId);
    leasedSandboxes.remove(review.sandboxId);
    if (keeps && has != null && !has.paused) {
      sandboxes.values().removeIf(other -> other != has && other.label.equals(review.leaseId()));
      pool.ended(
          new LeaseEnded(review.leaseId(), review.runId(), LeaseEnded.How.RETURNED, has.id, null),
          now);
    } else {
      killAll(review);
      LeaseEnded ended = released(review);
      pool.ended(ended, now);
      if (random.nextInt(10) == 0) {
        pool.ended(ended, now);
      }
    }
    review.state = State.DONE;
  }

  private void killAll(Review review) {
    sandboxes.remove(review.sandboxId);
    sandboxes.values().removeIf(sandbox -> sandbox.label.equals(review.leaseId()));
  }

  private void lost(Review review, SandboxPool pool) {
    leasedSandboxes.remove(review.sandboxId);
    killAll(review);
    pool.ended(released(review), now);
    review.next();
  }

  private static LeaseEnded released(Review review) {
    return new LeaseEnded(
        review.leaseId(), review.runId(), LeaseEnded.How.RELEASED, review.sandboxId, null);
  }

  /** A review that waits is cancelled: until its release has ended it may be given a permit. */
  void cancel(Review review) {
    if (review.state == State.WAITING) {
      review.state = State.RELEASING;
      review.releasedAt = now + LAG;
    }
  }

  private void release(Review review, SandboxPool pool) {
    if (now >= review.releasedAt) {
      killAll(review);
      pool.ended(released(review), now);
      review.state = State.DONE;
    }
  }

  private void parked(Review review, SandboxPool pool) {
    if (review.askedBack) {
      review.askedBack = false;
      lost(review, pool);
    } else if (!review.patient && random.nextInt(quiet ? 2 : 5) == 0) {
      review.waitAgain();
    }
  }

  /** Takes what the pool tells; some of it is lost. Returns leases whose holder is gone. */
  List<String> deliver(List<PermitReply> replies) {
    List<String> gone = new ArrayList<>();
    for (PermitReply reply : replies) {
      if (!quiet && random.nextInt(12) == 0) {
        continue;
      }
      Review review =
          reviews.values().stream()
              .filter(one -> one.isOpen() && one.runId().equals(reply.runId()))
              .findFirst()
              .orElse(null);
      if (review == null) {
        if (reply.kind() == PermitReply.Kind.GRANTED) {
          gone.add(reply.leaseId());
        }
      } else {
        take(review, reply);
      }
    }
    return gone;
  }

  final List<LeaseEnded> givenBack = new ArrayList<>();

  private void take(Review review, PermitReply reply) {
    if (reply.kind() == PermitReply.Kind.GIVE_BACK) {
      review.askedBack |= review.state == State.PARKED;
      return;
    }
    if (reply.kind() == PermitReply.Kind.ASK_AGAIN) {
      review.askAt = now + reply.askAgainAfterSeconds() * 1000;
      return;
    }
    if (!reply.leaseId().equals(review.leaseId())) {
      givenBack.add(
          new LeaseEnded(
              reply.leaseId(),
              review.runId(),
              LeaseEnded.How.UNRESOLVED,
              null,
              null,
              reply.fence()));
      return;
    }
    if (review.state != State.WAITING) {
      return;
    }
    review.state = State.GRANTED;
    review.fence = reply.fence();
    review.createAt = Math.max(now, reply.notBefore());
    if (reply.sandboxId() != null && !reply.sandboxId().equals(review.sandboxId)) {
      review.sandboxId = reply.sandboxId();
      review.warm = true;
    }
  }

  /** Whoever waits for people gets their answer. */
  void answerAll() {
    reviews.values().forEach(review -> review.patient = false);
  }

  /** A review is terminated; a create of its may still be on its way. */
  void kill(Review review) {
    boolean creates = review.state == State.GRANTED && !review.lookFirst && !review.warm;
    if (creates
        && review.sandboxId == null
        && random.nextInt(3) == 0
        && running() < quota - others) {
      sandbox(review.leaseId(), review);
    }
    review.state = State.KILLED;
  }

  /** A review is reset to before its lease: another run asks for the same lease. */
  void reset(Review review) {
    review.run++;
    if (review.state == State.RELEASING || (random.nextBoolean() && review.state != State.PARKED)) {
      killAll(review);
      leasedSandboxes.remove(review.sandboxId);
      review.sandboxId = null;
      review.warm = false;
      review.waitAgain();
    }
  }

  /** What E2B lists now. */
  List<Sandbox> list() {
    return sandboxes.values().stream().filter(sandbox -> sandbox.startedAt <= now - LAG).toList();
  }

  /** What a look finds that saw this list. */
  PoolInspectionOutcome look(PoolInspection known, List<Sandbox> listed) {
    Set<String> leases = new TreeSet<>(known.ended());
    Set<String> ids = new TreeSet<>(known.warm());
    List<String> closed = new ArrayList<>();
    List<PoolInspectionOutcome.Moved> moved = new ArrayList<>();
    for (PoolInspection.Holder holder : known.holders()) {
      leases.add(holder.leaseId());
      if (holder.sandboxId() != null) {
        ids.add(holder.sandboxId());
      }
      Review review = reviews.get(nameOf(holder.workflowId()));
      if (review == null || !review.isOpen()) {
        closed.add(holder.leaseId());
      } else if (!review.runId().equals(holder.runId())) {
        moved.add(new PoolInspectionOutcome.Moved(holder.leaseId(), review.runId()));
      }
    }
    Predicate<Sandbox> isKnown =
        sandbox -> leases.contains(sandbox.label) || ids.contains(sandbox.id);
    return new PoolInspectionOutcome(
        closed,
        moved,
        listed.stream().filter(isKnown).map(sandbox -> sandbox.id).toList(),
        listed.stream().filter(isKnown.negate()).map(this::stray).toList(),
        0,
        null,
        null);
  }

  private static String nameOf(String workflowId) {
    return workflowId.substring(workflowId.lastIndexOf('/') + 1);
  }

  private Stray stray(Sandbox sandbox) {
    Review review = sandbox.review;
    Owner owner = Owner.UNKNOWN;
    if (review != null) {
      owner = review.isOpen() ? Owner.REVIEW : Owner.NOBODY;
    } else if (sandbox.paused && isForgotten(sandbox, A_DAY)) {
      owner = Owner.NOBODY;
    }
    return new Stray(
        sandbox.id,
        sandbox.label,
        review == null ? null : "review/" + review.batch + "/" + review.name,
        review == null || !review.isOpen() ? null : review.runId(),
        review == null ? null : review.batch,
        !sandbox.paused,
        owner);
  }

  /** Deletes what is left of leases. */
  List<String> end(List<EndLeasesInput.Left> leases, List<String> spared) {
    for (EndLeasesInput.Left left : leases) {
      sandboxes.remove(left.sandboxId());
      leasedSandboxes.remove(left.sandboxId());
      sandboxes
          .values()
          .removeIf(
              sandbox -> sandbox.label.equals(left.leaseId()) && !spared.contains(sandbox.id));
    }
    return leases.stream().map(EndLeasesInput.Left::leaseId).toList();
  }
}
