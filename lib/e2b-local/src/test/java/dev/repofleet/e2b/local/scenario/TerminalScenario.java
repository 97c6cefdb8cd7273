package dev.repofleet.e2b.local.scenario;

import dev.repofleet.e2b.CommandExit;
import dev.repofleet.e2b.Pty;
import dev.repofleet.e2b.RunningTerminal;
import dev.repofleet.e2b.TerminalSize;
import dev.repofleet.e2b.local.Awaiting;
import java.nio.charset.StandardCharsets;

final class TerminalScenario implements Scenario {
  @Override
  public String name() {
    return "pty";
  }

  @Override
  public void observe(World world, Observations seen) {
    Heard said = new Heard();
    try (RunningTerminal terminal =
        world
            .sandbox()
            .pty()
            .start(
                Pty.shell().build(),
                new TerminalSize(80, 24),
                bytes -> said.add(new String(bytes, StandardCharsets.UTF_8)))) {
      terminal.write("stty size; tty\n".getBytes(StandardCharsets.UTF_8));
      Awaiting.until("the size", () -> said.contains("24 80") && said.contains("/dev/pts/"));
      terminal.resize(new TerminalSize(120, 30));
      terminal.write("stty size\n".getBytes(StandardCharsets.UTF_8));
      Awaiting.until("the new size", () -> said.contains("30 120"));
      seen.say("pty.kill", terminal.kill());
      seen.say(
          "pty.end",
          terminal.awaitExit(Awaiting.LONG).map(CommandExit::describe).orElse("it runs"));
    }
  }
}
