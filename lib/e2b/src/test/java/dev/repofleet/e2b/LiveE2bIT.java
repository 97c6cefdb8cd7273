package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * The client against E2B's own cloud. Runs when {@code E2B_LIVE_API_KEY} is set, or {@code
 * E2B_API_KEY} together with {@code REPOFLEET_LIVE=1}; costs a fraction of a cent.
 */
class LiveE2bIT {
  private static Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(System.getenv());
    String liveKey = environment.get("E2B_LIVE_API_KEY");
    if (liveKey != null) {
      environment.put("E2B_API_KEY", liveKey);
    }
    boolean wanted = liveKey != null || "1".equals(environment.get("REPOFLEET_LIVE"));
    // Not a failure under CI either: no key of E2B can be there.
    assumeTrue(
        wanted && environment.get("E2B_API_KEY") != null,
        "skipped: set E2B_LIVE_API_KEY to try the client on E2B's cloud");
    return environment;
  }

  @Test
  void createRunFilesAndKillWorkOnTheRealCloud() {
    Map<String, String> environment = environment();
    String mark = UUID.randomUUID().toString();
    try (E2bClient client = new E2bClient(E2bOptions.fromEnvironment(environment))) {
      SandboxSpec spec =
          SandboxSpec.builder()
              .timeout(Duration.ofMinutes(2))
              .metadata("live test", mark + "&=")
              .build();
      Sandbox sandbox = client.create(spec);
      try {
        useEverything(client, sandbox, mark);
      } finally {
        sandbox.kill();
      }
      assertThat(sandbox.kill()).isFalse();
    }
  }

  private static void useEverything(E2bClient client, Sandbox sandbox, String mark) {
    CommandResult result = sandbox.commands().run(Command.shell("echo out; echo err >&2; exit 3"));
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.stdout()).isEqualTo("out\n");
    assertThat(result.stderr()).isEqualTo("err\n");
    CommandResult root = sandbox.withUser("root").commands().run(Command.of("id", "-u"));
    assertThat(root.stdout()).isEqualTo("0\n");

    Files files = sandbox.files();
    byte[] content = "0123456789".getBytes(StandardCharsets.UTF_8);
    files.write("/tmp/live dir/a+b", content);
    assertThat(files.read("/tmp/live dir/a+b")).isEqualTo(content);
    assertThat(files.readRange("/tmp/live dir/a+b", 8, 100).bytes()).hasSize(2);
    assertThat(files.readRange("/tmp/live dir/a+b", 10, 100).isEmpty()).isTrue();
    assertThat(files.list("/tmp/live dir", 1)).hasSize(1);
    DurableJob job = sandbox.job("/tmp/live dir/job");
    assertThat(job.start(Command.of("sh", "-c", "echo durable; exit 4"))).isTrue();
    assertThat(job.start(Command.of("true"))).isFalse();
    assertThat(job.follow(0, part -> {}, Waiting.LONG)).hasValue(4);
    assertThat(job.stdout(0, 100).bytes()).isEqualTo("durable\n".getBytes(StandardCharsets.UTF_8));
    files.remove("/tmp/live dir");
    assertThat(files.exists("/tmp/live dir")).isFalse();

    assertThat(sandbox.isRunning()).isTrue();
    sandbox.setTimeout(Duration.ofMinutes(1));
    assertThat(client.get(sandbox.sandboxId()).state()).isEqualTo(SandboxState.RUNNING);
    SandboxQuery mine = SandboxQuery.builder().metadata("live test", mark + "&=").build();
    assertThat(client.list(mine)).extracting(SandboxInfo::sandboxId).contains(sandbox.sandboxId());
    assertThat(client.connect(sandbox.sandboxId(), Duration.ofMinutes(1)).envdVersion())
        .isEqualTo(sandbox.envdVersion());
  }
}
