package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import okio.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** What a client that is closed leaves in its process. */
@Timeout(300)
@Isolated("it looks at all threads of the JVM")
class NothingLeftTest extends HostileTest {
  @Test
  void afterManyFailuresNoThreadAndNoConnectionIsLeft() {
    fake.programs.put("x", out -> out.start(1).stdout("half"));
    for (int i = 0; i < 30; i++) {
      fake.answerNext("/files", new MockResponse.Builder().code(500).body("no").build());
      fake.answerNext(
          "/files",
          new MockResponse.Builder()
              .body(new Buffer().write(new byte[1 << 20]))
              .onResponseBody(SocketEffect.ShutdownConnection.INSTANCE)
              .build());
      assertThatThrownBy(sandboxCalls(sandbox).get("run")).isInstanceOf(E2bException.class);
      assertThatThrownBy(sandboxCalls(sandbox).get("read")).isInstanceOf(E2bException.class);
      assertThatThrownBy(sandboxCalls(sandbox).get("stream")).isInstanceOf(IOException.class);
      assertThatThrownBy(sandboxCalls(sandbox).get("watch")).isInstanceOf(E2bException.class);
    }
    nothingIsHeld();
    client.close();
    Waiting.until(
        "the client's threads have ended",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(
                    thread ->
                        thread.getName().startsWith("e2b-http-")
                            || thread.getName().endsWith(sandbox.sandboxId())));
  }
}
