package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.forge.fake.GitHost;
import dev.repofleet.starter.testing.GitRepository;
import dev.repofleet.starter.testing.Waiting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Targets that can't be reviewed, next to one that can. A host that does not answer is asked ten
 * times over some 150 s.
 */
@Order(1)
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class UnreviewableTargetsIT {
  @TempDir Path folder = Path.of("");

  /** What becomes of a target: its cause, and words of the way out. */
  private record Expected(String cause, List<String> words) {
    static Expected of(String cause, String... words) {
      return new Expected(cause, List.of(words));
    }
  }

  @Test
  void each_bad_target_fails_by_name_and_the_good_one_is_complete() throws IOException {
    Prerequisites.requireSandboxes();
    try (GitHost host = new GitHost(folder.resolve("forge"));
        FleetProcesses processes = new FleetProcesses("UnreviewableTargetsIT");
        Socket bound = new Socket()) {
      // Bound and not listening: it refuses connections, and nobody else can take the port.
      bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      String silent = "127.0.0.1:" + bound.getLocalPort();
      publish(host);
      Map<String, Expected> bad = bad(host, silent);
      FleetProcess review = review(processes, host, silent, bad.keySet());
      Results results = new Results(folder.resolve("out"));
      assertThat(results.batch().path("status").asText()).isEqualTo("finished_with_failures");
      JsonNode good = results.rows().get(0);
      assertThat(good.path("status").asText()).isEqualTo("complete");
      assertThat(good.path("findings").path("high").asInt()).isPositive();
      int index = 1;
      for (Map.Entry<String, Expected> target : bad.entrySet()) {
        failed(results.rows().get(index++), target.getKey(), target.getValue());
      }
      assertThat(review.out()).contains("1 complete", "failed");
      assertThat(review.err())
          .as("why it takes minutes, while it does")
          .containsOnlyOnce(" times and is tried again: " + silent)
          .contains("http://" + silent + "/a/b: resolve failed ");
    }
  }

  private FleetProcess review(
      FleetProcesses processes, GitHost host, String silent, Set<String> bad) {
    List<String> arguments = new ArrayList<>(List.of("review", "--local"));
    arguments.addAll(List.of("--agent", "rehearsal", "--out", "out", host.url("good")));
    arguments.addAll(bad);
    long begin = System.nanoTime();
    FleetProcess review =
        processes.start(
            "review",
            folder,
            Map.of(
                "REPOFLEET_DATA",
                folder.resolve("data").toString(),
                "REPOFLEET_GIT_HOSTS",
                host.address() + "," + silent),
            arguments.toArray(String[]::new));
    int exit = review.awaitExit(Waiting.LONG);
    System.out.printf(
        "review of one good and %d bad targets: %.1f s%n",
        bad.size(), (System.nanoTime() - begin) / 1e9);
    assertThat(exit).as(review.tail()).isEqualTo(3);
    return review;
  }

  private void publish(GitHost host) {
    GitRepository good = SmallRepositories.commit(folder, "good");
    host.add(good.path(), "good");
    host.add(GitRepository.init(folder.resolve("nothing")).path(), "empty");
  }

  private static Map<String, Expected> bad(GitHost host, String silent) {
    Map<String, Expected> bad = new LinkedHashMap<>();
    bad.put("http://" + silent + "/a/b", Expected.of("git_transient", silent, "try again"));
    bad.put(
        host.url("private/secret"),
        Expected.of("git_auth", host.address(), "REPOFLEET_GIT_TOKEN", "REPOFLEET_GIT_HOSTS"));
    bad.put(host.url("empty"), Expected.of("repository_empty", "push one"));
    bad.put(
        host.url("good") + "@no-such-branch",
        Expected.of("git_not_found", "no-such-branch", "after the @"));
    bad.put(host.url("absent"), Expected.of("git_not_found", host.address(), "check the URL"));
    bad.put(
        "https://127.0.0.1/not/listed",
        Expected.of("git_not_found", "127.0.0.1:443", "REPOFLEET_GIT_HOSTS"));
    return bad;
  }

  private static void failed(JsonNode row, String target, Expected expected) {
    String message = row.path("message").asText();
    System.out.println("  " + row.path("cause").asText() + ": " + message);
    assertThat(row.path("target").asText()).isEqualTo(target);
    assertThat(row.path("status").asText()).as(target).isEqualTo("failed");
    assertThat(row.path("cause").asText()).as(target).isEqualTo(expected.cause());
    assertThat(message).as("message of %s", target).contains(expected.words());
    assertThat(message.lines()).as("message of %s", target).hasSize(1);
    assertThat(row.path("costUsd").asDouble()).isZero();
  }
}
