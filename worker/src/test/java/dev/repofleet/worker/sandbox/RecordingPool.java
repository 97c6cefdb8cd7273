package dev.repofleet.worker.sandbox;

import dev.repofleet.e2b.E2bClient;
import dev.repofleet.worker.connection.SandboxConnections;
import dev.repofleet.worker.metrics.FleetMetrics;
import dev.repofleet.workflows.lease.LeaseEnded;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A pool that writes down what it is told, and runs of which a test says whether they are open. */
public final class RecordingPool implements PoolLink {
  /** What it was told, in order. */
  public final List<LeaseEnded> told = new CopyOnWriteArrayList<>();

  /** Runs that go on. */
  public final Set<String> open = ConcurrentHashMap.newKeySet();

  /** Steps of a sandbox's life that are told to this pool. */
  public SandboxActivitiesImpl activities(E2bClient client, SandboxPreparation preparation) {
    return new SandboxActivitiesImpl(
        client,
        new SandboxConnections(client),
        preparation,
        new SandboxCreation(client, this, new FleetMetrics()),
        this);
  }

  @Override
  public void ended(String fleet, LeaseEnded lease) {
    told.add(lease);
  }

  @Override
  public Optional<String> namespaceId() {
    return Optional.of("the-namespace");
  }

  @Override
  public boolean isOpen(String workflowId, String runId) {
    return open.contains(runId);
  }
}
