package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many calls on one connection, as on E2B's cloud. */
class Http2Test {
  private FakeE2b fake;
  private E2bClient client;
  private Sandbox sandbox;
  private final CountDownLatch release = new CountDownLatch(1);

  @BeforeEach
  void open() throws IOException {
    fake = new FakeE2b(true);
    OkHttpClient http2 =
        new OkHttpClient.Builder().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build();
    client = new E2bClient(fake.options().build(), http2);
    sandbox = client.create(SandboxSpec.builder().build());
  }

  @AfterEach
  void close() {
    release.countDown();
    client.close();
    fake.close();
  }

  @Test
  void commandsFilesAndErrorsWorkOverOneConnection() throws IOException {
    fake.programs.put("x", out -> out.start(2).stdout("é".repeat(50_000)).end(4).trailer());
    CommandResult result = sandbox.commands().run(Command.of("x"));
    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.stdoutBytes()).hasSize(100_000);
    byte[] content = new byte[2 << 20];
    new Random(8).nextBytes(content);
    sandbox.files().write("/big", content);
    ByteArrayOutputStream copy = new ByteArrayOutputStream();
    try (InputStream in = sandbox.files().open("/big")) {
      in.transferTo(copy);
    }
    assertThat(copy.toByteArray()).isEqualTo(content);
    assertThat(client.kill("i-never-there")).isFalse();
  }

  @Test
  void manyOpenStreamsAndOneLeftEarlyDoNotHoldUpOthers() throws IOException {
    fake.programs.put(
        "long",
        out -> {
          out.start(2).stdout("x".repeat(30_000));
          release.await();
          out.end(0).trailer();
        });
    List<RunningCommand> running = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      running.add(sandbox.commands().start(Command.of("long"), OutputListener.discarding()));
    }
    running.get(0).detach();
    fake.files.put("/big", new byte[4 << 20]);
    try (InputStream in = sandbox.files().open("/big")) {
      assertThat(in.read()).isZero();
      assertThat(sandbox.commands().list()).isEmpty();
    }
    release.countDown();
    for (RunningCommand command : running.subList(1, running.size())) {
      assertThat(command.awaitExit(Waiting.LONG).orElseThrow().succeeded()).isTrue();
    }
  }
}
