package dev.repofleet.e2b.local.scenario;

import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.OutputListener;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxQuery;
import dev.repofleet.e2b.SandboxSpec;
import java.time.Duration;

final class LifeScenario implements Scenario {
  @Override
  public String name() {
    return "life";
  }

  @Override
  public void observe(World world, Observations seen) {
    E2bClient client = world.client();
    Sandbox sandbox = world.sandbox();
    SandboxQuery mine = SandboxQuery.builder().metadata(JavaScenarios.LABELS).build();
    seen.say("life.found", client.list(mine).size());
    sandbox.setTimeout(Duration.ofMinutes(5));
    seen.say("life.paused", sandbox.pause());
    seen.say("life.running", sandbox.isRunning());
    Sandbox again = client.connect(sandbox.sandboxId(), Duration.ofMinutes(5));
    seen.say("life.after", again.commands().run(Command.shell("cat /home/user/kept")).stdout());
    Command idle = Command.shell("sleep 60");
    again.commands().start(idle, OutputListener.discarding()).close();
    again.pause(false);
    Sandbox booted = client.connect(sandbox.sandboxId(), Duration.ofMinutes(5));
    seen.say(
        "life.booted",
        booted.files().readText("/home/user/kept") + " " + booted.commands().list().size());
    seen.say("life.kill", again.kill() + " " + again.kill());
    try {
      client.create(SandboxSpec.builder().template("none-such").build());
    } catch (E2bException e) {
      seen.say("life.template", e.getClass().getSimpleName());
    }
  }
}
