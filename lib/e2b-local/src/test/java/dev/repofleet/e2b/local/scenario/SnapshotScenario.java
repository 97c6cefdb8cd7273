package dev.repofleet.e2b.local.scenario;

import dev.repofleet.e2b.Fork;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxSpec;
import dev.repofleet.e2b.Snapshot;
import dev.repofleet.e2b.Snapshots;
import java.util.List;
import java.util.Optional;

final class SnapshotScenario implements Scenario {
  @Override
  public String name() {
    return "snapshot";
  }

  @Override
  public void observe(World world, Observations seen) {
    Sandbox sandbox = world.sandbox();
    sandbox.files().writeText("/home/user/kept", "kept");
    Snapshot snapshot = sandbox.snapshot();
    String id = snapshot.snapshotId();
    Snapshots snapshots = world.client().snapshots();
    seen.say(
        "snapshot.listed",
        snapshots.list(Optional.of(sandbox.sandboxId())).stream()
            .anyMatch(one -> one.snapshotId().equals(id)));
    Sandbox copy =
        world.client().create(SandboxSpec.builder().template(id).timeout(World.LIFE).build());
    seen.say("snapshot.file", copy.files().readText("/home/user/kept"));
    copy.kill();
    seen.say("snapshot.deleted", snapshots.delete(id) + " " + snapshots.delete(id));
    Sandbox fork = sandbox.fork(World.LIFE);
    seen.say("snapshot.fork", fork.files().readText("/home/user/kept"));
    fork.kill();
    List<Fork> forks = world.client().fork(sandbox.sandboxId(), World.LIFE, 2);
    seen.say("snapshot.forks", forks.size());
    forks.forEach(one -> one.sandbox().kill());
  }
}
