package dev.repofleet.e2b.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.e2b.AuthenticationException;
import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.NotFoundException;
import dev.repofleet.e2b.RateLimitedException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxNotFoundException;
import dev.repofleet.e2b.SandboxSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The project's own client against this server; the two share no code. */
class JavaClientIT {
  @TempDir static Path data;
  private static TestServer server;
  private static E2bClient client;

  @BeforeAll
  static void startServer() throws Exception {
    server = TestServer.isolated(data, builder -> builder.quota(1));
    client = client(server.server().apiKey());
  }

  @AfterAll
  static void stopServer() {
    if (server != null) {
      client.close();
      server.close();
    }
  }

  private static E2bClient client(String key) {
    String uri = server.server().uri().toString();
    return new E2bClient(E2bOptions.builder().apiKey(key).apiUrl(uri).sandboxUrl(uri).build());
  }

  @Test
  void createsRunsReadsWritesAndKills() {
    SandboxSpec spec = SandboxSpec.builder().template("claude").metadata("k", "a=b&c").build();
    Sandbox sandbox = client.create(spec);
    var result = sandbox.commands().run(Command.shell("echo out; echo err >&2; exit 3"));
    assertThat(result.stdout()).isEqualTo("out\n");
    assertThat(result.stderr()).isEqualTo("err\n");
    assertThat(result.exitCode()).isEqualTo(3);
    byte[] content = "hellö".getBytes(StandardCharsets.UTF_8);
    sandbox.files().write("/home/user/x/y", content);
    assertThat(sandbox.files().read("/home/user/x/y")).isEqualTo(content);
    assertThat(sandbox.files().readRange("/home/user/x/y", 4, 100).nextOffset()).isEqualTo(6);
    assertThat(sandbox.files().readRange("/home/user/x/y", 6, 100).isEmpty()).isTrue();
    assertThat(sandbox.files().list("/home/user", 2)).hasSize(2);
    assertThat(sandbox.files().exists("/home/user/none")).isFalse();
    assertThatThrownBy(() -> sandbox.files().read("/home/user/none"))
        .isInstanceOf(NotFoundException.class);
    assertThat(sandbox.withUser("root").commands().run(Command.of("id", "-u")).stdout())
        .isEqualTo("0\n");
    assertThatThrownBy(() -> client.create(spec)).isInstanceOf(RateLimitedException.class);
    assertThat(sandbox.kill()).isTrue();
    assertThat(sandbox.kill()).isFalse();
    assertThatThrownBy(() -> client.get(sandbox.sandboxId()))
        .isInstanceOf(SandboxNotFoundException.class);
  }

  @Test
  void aWrongKeyIsAnAuthenticationFailure() {
    try (E2bClient stranger = client("e2b_00000000")) {
      assertThatThrownBy(() -> stranger.create(SandboxSpec.builder().build()))
          .isInstanceOf(AuthenticationException.class);
    }
  }
}
