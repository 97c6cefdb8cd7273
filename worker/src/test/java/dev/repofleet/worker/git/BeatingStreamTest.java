package dev.repofleet.worker.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BeatingStreamTest {
  @Test
  void everyPieceThatIsReadIsTold() throws IOException {
    AtomicInteger beats = new AtomicInteger();
    try (BeatingStream stream =
        new BeatingStream(new ByteArrayInputStream(new byte[10]), beats::incrementAndGet)) {
      assertThat(stream.read(new byte[4])).isEqualTo(4);
      assertThat(stream.read()).isZero();
    }
    assertThat(beats).hasValue(2);
  }

  @Test
  void whatTheBeatThrowsToLetGoIsAFailureOfTheStream() throws IOException {
    RuntimeException letGo = new IllegalStateException("the worker is told to end");
    try (BeatingStream stream =
        new BeatingStream(
            new ByteArrayInputStream(new byte[10]),
            () -> {
              throw letGo;
            })) {
      assertThatThrownBy(() -> stream.read(new byte[4]))
          .isInstanceOf(IOException.class)
          .hasCause(letGo);
      assertThatThrownBy(stream::read).isInstanceOf(IOException.class);
    }
  }
}
