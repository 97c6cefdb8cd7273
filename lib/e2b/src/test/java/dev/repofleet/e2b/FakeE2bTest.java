package dev.repofleet.e2b;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A client of a scripted E2B, new for each test. */
abstract class FakeE2bTest {
  FakeE2b fake;
  E2bClient client;

  /** Programs that wait for it end with the test at the latest. */
  final CountDownLatch release = new CountDownLatch(1);

  @BeforeEach
  void connect() throws IOException {
    fake = new FakeE2b();
    client = new E2bClient(fake.options().build());
  }

  @AfterEach
  void disconnect() {
    release.countDown();
    client.close();
    fake.close();
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
