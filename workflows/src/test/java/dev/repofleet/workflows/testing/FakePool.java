package dev.repofleet.workflows.testing;

import dev.repofleet.workflows.activities.pool.AcquireInput;
import dev.repofleet.workflows.activities.pool.Delivery;
import dev.repofleet.workflows.activities.pool.DeliveryOutcome;
import dev.repofleet.workflows.activities.pool.EndLeasesInput;
import dev.repofleet.workflows.activities.pool.EndLeasesOutcome;
import dev.repofleet.workflows.activities.pool.PoolActivities;
import dev.repofleet.workflows.activities.pool.PoolInspection;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome;
import dev.repofleet.workflows.activities.pool.PoolNews;
import dev.repofleet.workflows.activities.pool.WarmUpInput;
import dev.repofleet.workflows.activities.pool.WarmUpOutcome;
import dev.repofleet.workflows.lease.LeaseEnded;
import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.lease.ProviderTrouble;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A pool that permits everything at once unless told otherwise, and knows who has a permit. It
 * answers by signals, as the real one does. Thread-safe.
 */
public final class FakePool implements PoolActivities {
  private final Map<String, PermitReply> held = new LinkedHashMap<>();
  private final Map<String, LeaseRequest> waiting = new LinkedHashMap<>();
  private final Map<String, String> parked = new LinkedHashMap<>();
  private final List<LeaseRequest> requests = new ArrayList<>();
  private final List<LeaseEnded> ended = new ArrayList<>();
  private final List<ProviderTrouble> troubles = new ArrayList<>();
  private final List<Integer> heldAtTrouble = new ArrayList<>();

  private @Nullable WorkflowClient client;
  private int unheard;
  private int full;
  private boolean holds;
  private boolean holdsForAPerson;
  private boolean keeps;
  private long notBefore;
  private @Nullable String warmSandboxId;
  private int failures;
  private int granted;

  /** By which its answers go. */
  synchronized void answerBy(WorkflowClient way) {
    client = way;
  }

  /** The next so many requests are lost on the way. */
  public synchronized void losing(int requestsLost) {
    unheard = requestsLost;
  }

  /** The next so many are told to ask again after two minutes. */
  public synchronized void full(int times) {
    full = times;
  }

  /** Nobody gets a permit until it is resumed. */
  public synchronized void hold() {
    holds = true;
  }

  /** As the real one: a refused key or an empty account stops it until it is resumed. */
  public synchronized void holdingForAPerson() {
    holdsForAPerson = true;
  }

  /** Whoever waits gets its permit. */
  public void resume() {
    List<LeaseRequest> served;
    synchronized (this) {
      holds = false;
      served = List.copyOf(waiting.values());
      waiting.clear();
    }
    served.forEach(this::grant);
  }

  /** Sandboxes are to be returned at their end. */
  public synchronized void keeping() {
    keeps = true;
  }

  /** The next permits are for this time, milliseconds since the epoch. */
  public synchronized void notBefore(long time) {
    notBefore = time;
  }

  /** The next permits are for this sandbox. */
  public synchronized void giving(String sandboxId) {
    warmSandboxId = sandboxId;
  }

  /** The server does not take the first so many requests. */
  public synchronized void failing(int times) {
    failures = times;
  }

  @Override
  public void acquirePermit(AcquireInput input) {
    synchronized (this) {
      if (failures > 0) {
        failures--;
        throw new IllegalStateException("the server does not take it");
      }
    }
    LeaseRequest request = input.request();
    PermitReply said;
    synchronized (this) {
      requests.add(request);
      if (unheard > 0) {
        unheard--;
        return;
      }
      said = held.get(request.leaseId());
      if (said != null && !said.runId().equals(request.runId())) {
        said = null; // it moves to the run after a Reset, with another fence
      }
      if (said == null && full > 0) {
        full--;
        said = reply(PermitReply.Kind.ASK_AGAIN, request, null, 120);
      } else if (said == null && holds) {
        waiting.put(request.leaseId(), request);
        return;
      }
    }
    if (said == null) {
      grant(request);
    } else {
      say(said);
    }
  }

  private void grant(LeaseRequest request) {
    PermitReply permit;
    synchronized (this) {
      permit = reply(PermitReply.Kind.GRANTED, request, String.format("%032x", ++granted), 0);
      parked.remove(request.leaseId());
      held.put(request.leaseId(), permit);
    }
    say(permit);
  }

  private PermitReply reply(
      PermitReply.Kind kind, LeaseRequest to, @Nullable String fence, long askAgainAfterSeconds) {
    boolean permits = kind == PermitReply.Kind.GRANTED;
    return new PermitReply(
        kind,
        to.leaseId(),
        to.workflowId(),
        to.runId(),
        fence,
        permits ? notBefore : 0,
        permits && to.parkedSandboxId() == null ? warmSandboxId : null,
        askAgainAfterSeconds,
        permits && keeps);
  }

  /** Says something to a review, which may have ended. */
  public void say(PermitReply reply) {
    WorkflowClient way;
    synchronized (this) {
      way = Objects.requireNonNull(client, "client");
    }
    try {
      way.newUntypedWorkflowStub(reply.workflowId()).signal("permit", reply);
    } catch (WorkflowNotFoundException e) {
      synchronized (this) {
        held.remove(reply.leaseId(), reply);
      }
    }
  }

  /** Asks for the paused sandbox of a review. */
  public void askBack(LeaseRequest from) {
    PermitReply reply;
    synchronized (this) {
      reply = reply(PermitReply.Kind.GIVE_BACK, from, null, 0);
    }
    say(reply);
  }

  /** Gives a permit for what nobody may have asked for. */
  public PermitReply stray(LeaseRequest like, String leaseId, String runId) {
    PermitReply reply;
    synchronized (this) {
      reply =
          new PermitReply(
              PermitReply.Kind.GRANTED,
              leaseId,
              like.workflowId(),
              runId,
              String.format("%032x", 1_000 + ++granted),
              0,
              null,
              0,
              false);
      held.put(leaseId, reply);
    }
    say(reply);
    return reply;
  }

  @Override
  public void tellPool(PoolNews news) {
    LeaseEnded end = news.ended();
    ProviderTrouble trouble = news.trouble();
    if (end != null) {
      ended(end);
    }
    if (trouble != null) {
      synchronized (this) {
        troubles.add(trouble);
        heldAtTrouble.add(held.size());
        holds |= holdsForAPerson && trouble.needsAPerson();
      }
    }
  }

  synchronized void ended(LeaseEnded end) {
    ended.add(end);
    PermitReply was = held.remove(end.leaseId());
    waiting.remove(end.leaseId());
    String sandboxId = end.sandboxId();
    if (end.how() != LeaseEnded.How.PARKED) {
      parked.remove(end.leaseId());
    } else if (was != null && sandboxId != null) {
      parked.put(end.leaseId(), sandboxId);
    }
  }

  /** Whether this lease has its permit now. */
  public synchronized boolean permits(String leaseId) {
    return held.containsKey(leaseId);
  }

  /** Leases with a permit now. */
  public synchronized Set<String> held() {
    return Set.copyOf(held.keySet());
  }

  /** Leases whose sandbox is paused now. */
  public synchronized Set<String> parked() {
    return Set.copyOf(parked.keySet());
  }

  /** Leases that wait for a permit now. */
  public synchronized Set<String> waiting() {
    return Set.copyOf(waiting.keySet());
  }

  /** All that was asked, in order. */
  public synchronized List<LeaseRequest> requests() {
    return List.copyOf(requests);
  }

  /** All leases that were told to have ended, in order. */
  public synchronized List<LeaseEnded> ended() {
    return List.copyOf(ended);
  }

  /** How leases ended, in order. */
  public List<LeaseEnded.How> endings() {
    return ended().stream().map(LeaseEnded::how).toList();
  }

  /** All it heard of the model's provider. */
  public synchronized List<ProviderTrouble> troubles() {
    return List.copyOf(troubles);
  }

  /** How many permits were in use when it heard of each. */
  public synchronized List<Integer> heldAtTrouble() {
    return List.copyOf(heldAtTrouble);
  }

  @Override
  public DeliveryOutcome deliver(Delivery delivery) {
    throw notForReviews();
  }

  @Override
  public PoolInspectionOutcome inspectPool(PoolInspection inspection) {
    throw notForReviews();
  }

  @Override
  public EndLeasesOutcome endLeases(EndLeasesInput input) {
    throw notForReviews();
  }

  @Override
  public WarmUpOutcome warmUp(WarmUpInput input) {
    throw notForReviews();
  }

  private static UnsupportedOperationException notForReviews() {
    return new UnsupportedOperationException("no review calls this");
  }
}
