package dev.repofleet.workflows.testing;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.pool.AcquireInput;
import dev.repofleet.workflows.activities.pool.Delivery;
import dev.repofleet.workflows.activities.pool.DeliveryOutcome;
import dev.repofleet.workflows.activities.pool.EndLeasesInput;
import dev.repofleet.workflows.activities.pool.EndLeasesOutcome;
import dev.repofleet.workflows.activities.pool.PoolInspection;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome;
import dev.repofleet.workflows.activities.pool.PoolNews;
import dev.repofleet.workflows.activities.pool.WarmUpInput;
import dev.repofleet.workflows.activities.pool.WarmUpOutcome;
import dev.repofleet.workflows.lease.LeaseEnded;
import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.lease.ProviderTrouble;
import dev.repofleet.workflows.pool.PoolCarry;
import dev.repofleet.workflows.pool.PoolInput;
import dev.repofleet.workflows.pool.PoolResumed;
import dev.repofleet.workflows.pool.PoolStatus;
import dev.repofleet.workflows.pool.settings.IdleState;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import dev.repofleet.workflows.pool.settings.PoolSettingsChange;
import dev.repofleet.workflows.pool.settings.Reuse;
import dev.repofleet.workflows.progress.BatchHold;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Payloads of the pool, one of each, every field filled. */
final class PoolSamples {
  private static final String FENCE = "0123456789abcdef0123456789abcdef";
  private static final String LEASE = "review/nightly/app-1:run:0";
  private static final String REVIEW = "review/nightly/app-1";
  private static final long AT = 1_700_000_000_000L;

  private static final PoolSettings SETTINGS =
      new PoolSettings(
          100,
          5,
          50,
          Map.of("claude", 2),
          IdleState.PAUSED,
          Duration.ofMinutes(30),
          Duration.ofMinutes(10),
          Reuse.REPOSITORY);

  private static final LeaseRequest REQUEST =
      new LeaseRequest(
          LEASE, REVIEW, "run", "nightly", 1, "claude", "github.com/acme/app", "sandbox-1");

  private static final LeaseEnded ENDED =
      new LeaseEnded(LEASE, "run", LeaseEnded.How.REFUSED_RATE, "sandbox-1", 3L, FENCE);

  private static final ProviderTrouble TROUBLE =
      new ProviderTrouble(Cause.MODEL_RATE_LIMITED, 30L, AT, AT);

  private static final PermitReply REPLY =
      new PermitReply(
          PermitReply.Kind.GRANTED, LEASE, REVIEW, "run", FENCE, AT, "sandbox-0", 0, true);

  private static final PoolCarry CARRY =
      new PoolCarry(
          SETTINGS,
          List.of(new PoolCarry.Waiting(REQUEST, AT, true)),
          3,
          List.of(new PoolCarry.Held(REQUEST, FENCE, AT, "sandbox-1", "before", true, true, true)),
          List.of(new PoolCarry.Unresolved(LEASE, "sandbox-1", true)),
          List.of(new PoolCarry.Parked(REQUEST, "sandbox-1", AT, AT)),
          List.of(
              new PoolCarry.Warm(
                  "warm:" + FENCE, "sandbox-2", "claude", "github.com/acme/app", true, AT, AT)),
          new PoolCarry.Limit(2.5, AT, AT),
          new PoolCarry.Limit(20, AT, AT),
          new PoolCarry.Limit(10_000, AT, AT),
          "the model's provider refuses the key",
          1,
          2,
          List.of("nightly"),
          AT,
          true);

  private static final PoolInspection LOOK =
      new PoolInspection(
          "repofleet",
          List.of(new PoolInspection.Holder(LEASE, REVIEW, "run", "sandbox-1")),
          List.of("sandbox-2"),
          List.of("review/nightly/app-2:run:0"),
          true,
          3,
          List.of(new EndLeasesInput.Left("review/nightly/app-2:run:0", "sandbox-2")),
          true,
          "the model's provider refuses the key");

  private static final PoolInspectionOutcome FOUND =
      new PoolInspectionOutcome(
          List.of(LEASE),
          List.of(new PoolInspectionOutcome.Moved(LEASE, "run-2")),
          List.of("sandbox-1"),
          List.of(
              new PoolInspectionOutcome.Stray(
                  "sandbox-3",
                  LEASE,
                  REVIEW,
                  "run",
                  "nightly",
                  true,
                  PoolInspectionOutcome.Owner.NOBODY)),
          1,
          SETTINGS,
          List.of("review/nightly/app-2:run:0"));

  private static final EndLeasesInput ENDINGS =
      new EndLeasesInput(
          "repofleet", List.of(new EndLeasesInput.Left(LEASE, "sandbox-1")), List.of("sandbox-2"));

  static final List<Record> ALL =
      List.of(
          SETTINGS,
          new PoolSettingsChange(
              100,
              5.0,
              50,
              Map.of("claude", 2),
              IdleState.RUNNING,
              Duration.ofMinutes(30),
              Duration.ofMinutes(10),
              Reuse.NONE),
          REQUEST,
          ENDED,
          TROUBLE,
          CARRY,
          CARRY.waiting().get(0),
          CARRY.held().get(0),
          CARRY.unresolved().get(0),
          CARRY.parked().get(0),
          CARRY.warm().get(0),
          CARRY.rate(),
          LOOK.holders().get(0),
          FOUND.moved().get(0),
          FOUND.strays().get(0),
          ENDINGS.leases().get(0),
          new PoolInput(1, "repofleet", SETTINGS, CARRY),
          new PoolResumed("the model's provider refuses the key"),
          new PoolStatus(
              "sandbox-pool/default",
              SETTINGS,
              12,
              8,
              2,
              2,
              1,
              20,
              2.5,
              3,
              Map.of("nightly", 3),
              1,
              "well",
              "the model's provider refuses the key",
              AT,
              4),
          new AcquireInput("repofleet", REQUEST),
          new PoolNews("repofleet", ENDED, TROUBLE),
          new Delivery("run", List.of(REPLY), List.of("nightly"), new BatchHold("a reason")),
          new DeliveryOutcome("run", true, List.of(LEASE)),
          LOOK,
          FOUND,
          ENDINGS,
          new EndLeasesOutcome(List.of(LEASE), 1),
          new WarmUpInput(
              "repofleet", "warm:" + FENCE, "claude", IdleState.PAUSED, Duration.ofMinutes(30), AT),
          new WarmUpOutcome("sandbox-2"));

  private PoolSamples() {}
}
