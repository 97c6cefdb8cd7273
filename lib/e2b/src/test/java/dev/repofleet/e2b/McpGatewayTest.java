package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Test;

class McpGatewayTest extends FakeE2bTest {
  private static final SandboxSpec SPEC =
      SandboxSpec.builder().mcp("browser", Map.of("apiKey", "hush hush", "depth", 3)).build();

  @Test
  void aSandboxWithMcpServersComesWithItsGatewayStarted() throws IOException {
    fake.programs.put("/bin/bash", out -> out.start(1).end(0).trailer());
    Sandbox sandbox = client.create(SPEC);
    assertThat(FakeE2b.json(fake.last("/v2/sandboxes")).path("templateID").asText())
        .isEqualTo("mcp-gateway");
    assertThat(FakeE2b.json(fake.last("/v2/sandboxes")).path("mcp").path("browser").size())
        .isEqualTo(2);
    RecordedRequest start = fake.last("/Start");
    assertThat(FakeE2b.basicUser(start)).isEqualTo("root:");
    assertThat(start.getHeaders().get("Connect-Timeout-Ms")).isEqualTo("60000");
    JsonNode process = FakeEnvd.frame(start).path("process");
    JsonNode config = FakeE2b.JSON.readTree(process.path("args").path(4).asText());
    assertThat(config.path("browser").path("apiKey").asText()).isEqualTo("hush hush");
    assertThat(process.path("envs").path("GATEWAY_ACCESS_TOKEN").asText()).matches("[0-9a-f-]{36}");
    assertThat(sandbox.mcp().url()).isEqualTo(URI.create(sandbox.url(50005) + "/mcp"));
    assertThat(sandbox.mcp().urlInside()).isEqualTo(URI.create("http://localhost:50005/mcp"));
  }

  @Test
  void theTokenIsReadInTheSandboxAsRoot() {
    fake.files.put("/etc/mcp-gateway/.token", "t-1\n".getBytes(StandardCharsets.US_ASCII));
    Sandbox sandbox = client.create(SandboxSpec.builder().build());
    assertThat(sandbox.mcp().token()).isEqualTo("t-1");
    assertThat(fake.last("/files").getUrl().queryParameter("username")).isEqualTo("root");
    fake.files.put("/etc/mcp-gateway/.token", "a b".getBytes(StandardCharsets.US_ASCII));
    assertThatThrownBy(() -> sandbox.mcp().token()).isInstanceOf(E2bProtocolException.class);
    fake.files.clear();
    assertThatThrownBy(() -> sandbox.mcp().token()).isInstanceOf(NotFoundException.class);
  }

  @Test
  void aGatewayThatDoesNotStartLeavesNoSandboxAndShowsNoKey() {
    fake.programs.put(
        "/bin/bash", out -> out.start(1).stderr("bad key hush hush\n").end(2).trailer());
    assertThatThrownBy(() -> client.create(SPEC))
        .isInstanceOf(E2bException.class)
        .hasMessageContaining("exit code 2: bad key [hidden]");
    assertThat(fake.boxes).isEmpty();
    fake.programs.put("/bin/bash", out -> out.start(1).error("deadline_exceeded", "late"));
    assertThatThrownBy(() -> client.create(SPEC)).isInstanceOf(CommandTimeoutException.class);
    assertThat(fake.boxes).isEmpty();
  }

  @Test
  void anInterruptedStartLeavesNoSandboxEither() {
    fake.programs.put(
        "/bin/bash",
        out -> {
          out.start(1);
          release.await();
        });
    Thread creating = Thread.currentThread();
    Thread disturbing =
        new Thread(
            () -> {
              Waiting.until("the gateway starts", () -> fake.countOf("/Start") == 1);
              creating.interrupt();
            });
    disturbing.start();
    Throwable failure = catchThrowable(() -> client.create(SPEC));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(failure).isInstanceOf(E2bInterruptedException.class);
    assertThat(fake.boxes).isEmpty();
  }

  @Test
  void aCreateByLabelStartsTheGatewayThatADeadProcessLeftOut() {
    fake.programs.put("/bin/bash", out -> out.start(1).end(0).trailer());
    SandboxSpec bare = SandboxSpec.builder().metadata("job", "j").build();
    SandboxSpec labelled =
        SandboxSpec.builder().metadata("job", "j").mcp("browser", Map.of("depth", 3)).build();
    client.create(bare);
    client.createOnce(labelled, "job");
    assertThat(fake.boxes).hasSize(1);
    assertThat(fake.countOf("/Start")).isEqualTo(1);
    fake.files.put("/etc/mcp-gateway/.token", new byte[] {'t'});
    client.createOnce(labelled, "job");
    assertThat(fake.countOf("/Start")).isEqualTo(1);
    assertThatThrownBy(() -> client.create(bare).mcp().start(Map.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
