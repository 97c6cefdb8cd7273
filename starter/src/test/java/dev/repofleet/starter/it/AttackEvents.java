package dev.repofleet.starter.it;

import dev.repofleet.starter.it.Attack.Piece;
import dev.repofleet.starter.it.CuttingProxy.Direction;
import dev.repofleet.starter.it.FleetWorkers.AttackedWorker;
import dev.repofleet.starter.testing.Waiting;
import java.time.Duration;
import java.util.List;

/**
 * The small events that attacks are composed of. Each takes back what it does, so that any sequence
 * of them leaves a fleet that can finish its work.
 */
final class AttackEvents {
  /** Longer than a heartbeat may be late, and some seconds in which another worker takes over. */
  static final Duration PAST_HEARTBEAT = AttackedFleet.HEARTBEAT.plusSeconds(3);

  private AttackEvents() {}

  /** SIGKILL for a worker, which is replaced. */
  static Piece workerKilled() {
    return new Piece(
        "kill -9 of a worker",
        (attacked, batch, attack) -> {
          AttackedWorker worker = attack.one(attacked.workers().alive());
          awaitOnlyRuns(batch, worker, attack);
          attacked.workers().killAndReplace(worker);
        });
  }

  /**
   * Other activities than runs have no heartbeat, since they are short: what a dead worker had of
   * them is tried again only after minutes. Only the long form has the time.
   */
  private static void awaitOnlyRuns(StartedBatch batch, AttackedWorker worker, Attack attack) {
    if (attack.ofLong(1, 0) == 1) {
      return;
    }
    Waiting.until(
        worker.name() + " does nothing but follow agents",
        Waiting.LONG,
        () ->
            batch.keys().stream()
                .flatMap(key -> batch.pendingIfBegun(key).stream())
                .filter(activity -> worker.is(activity.getLastWorkerIdentity()))
                .allMatch(activity -> activity.getActivityType().getName().equals("Run")));
  }

  /** SIGSTOP for a worker until others have taken over, then SIGCONT. */
  static Piece workerStopped() {
    return new Piece(
        "SIGSTOP of a worker past its heartbeat, SIGCONT",
        (attacked, batch, attack) -> {
          AttackedWorker worker = attack.one(attacked.workers().alive());
          worker.process().stop();
          Attack.waitFor(PAST_HEARTBEAT);
          worker.process().resume();
        });
  }

  /** Nothing goes this way between any worker and the Temporal server. */
  static Piece temporalCut(Direction direction) {
    return new Piece(
        "workers and Temporal: nothing " + direction,
        (attacked, batch, attack) -> cut(attacked, links -> links.temporal().cut(direction)));
  }

  /** Nothing goes this way between any worker and the sandbox server. */
  static Piece sandboxesCut(Direction direction) {
    return new Piece(
        "workers and sandboxes: nothing " + direction,
        (attacked, batch, attack) -> cut(attacked, links -> links.sandboxes().cut(direction)));
  }

  /** All connections of a worker break, those that are silent too. */
  static Piece connectionsReset() {
    return new Piece(
        "all connections of a worker break",
        (attacked, batch, attack) -> {
          AttackedWorker worker = attack.one(attacked.workers().alive());
          worker.links().temporal().reset();
          worker.links().sandboxes().reset();
        });
  }

  private interface Cut {
    void apply(WorkerLinks links);
  }

  private static void cut(AttackedFleet attacked, Cut cut) {
    List<AttackedWorker> workers = attacked.workers().alive();
    workers.forEach(worker -> cut.apply(worker.links()));
    Attack.waitFor(PAST_HEARTBEAT);
    workers.forEach(worker -> worker.links().heal());
  }

  /** SIGKILL for the Temporal server, and a new one with the same file. */
  static Piece temporalKilled() {
    return new Piece(
        "kill -9 of Temporal, restarted",
        (attacked, batch, attack) -> {
          attacked.fleet().temporalServer().kill();
          attack.pause(Duration.ofSeconds(3));
          attacked.fleet().temporalServer().restart();
        });
  }
}
