package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** What an idle stream costs: a thread up to Java 20, nothing of that kind from 21 on. */
@Timeout(300)
class IdleStreamsTest {
  private static final int STREAMS = 200;
  private static final Pattern LINE =
      Pattern.compile("(\\d+) streams=(\\d+) open=(\\w+) threads=(-?\\d+)");

  /** The carriers of virtual threads, pollers, and OkHttp's own, whatever the number of streams. */
  private static final int FEW = 20;

  private static int threads(Path java) throws IOException, InterruptedException {
    try (FakeE2b fake = new FakeE2b()) {
      CountDownLatch release = new CountDownLatch(1);
      fake.programs.put(
          "idle",
          out -> {
            out.start(7);
            release.await();
          });
      Process process =
          new ProcessBuilder(
                  java.toString(),
                  "-cp",
                  System.getProperty(
                      "surefire.test.class.path", System.getProperty("java.class.path")),
                  IdleStreams.class.getName(),
                  fake.url(),
                  Integer.toString(STREAMS))
              .redirectErrorStream(true)
              .start();
      try {
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        System.out.println(said.strip());
        Matcher line = LINE.matcher(said);
        assertThat(line.find()).as(said).isTrue();
        assertThat(line.group(2)).isEqualTo(Integer.toString(STREAMS));
        assertThat(line.group(3)).as("none has ended").isEqualTo("true");
        return Integer.parseInt(line.group(4));
      } finally {
        process.destroyForcibly();
        release.countDown();
      }
    }
  }

  @Test
  void withVirtualThreadsNoStreamHoldsAThreadOfTheSystem() throws Exception {
    Optional<Path> java = NewerJava.atLeast(21);
    Assumptions.assumeTrue(
        java.isPresent() || "true".equals(System.getenv("CI")),
        "skipped, as this machine has no JDK 21 or later");
    assertThat(java).as("a JDK 21 or later, which must be there where CI is set").isPresent();
    assertThat(threads(java.get())).isLessThan(FEW);
  }

  /** That the count counts. */
  @Test
  @EnabledForJreRange(max = JRE.JAVA_20)
  void withoutThemEachStreamHoldsOne() throws Exception {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    assertThat(threads(java)).isBetween(STREAMS, STREAMS + FEW);
  }
}
