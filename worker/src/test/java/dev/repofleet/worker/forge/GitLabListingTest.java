package dev.repofleet.worker.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.repofleet.forge.fake.Answers;
import dev.repofleet.forge.fake.FakeGitLab;
import dev.repofleet.forge.fake.FakeRepository;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GitLabListingTest {
  private static final Instant NOW = Instant.parse("2026-11-27T10:00:00Z");
  private static final String TOKEN = "glpat-0123456789";

  private final FakeGitLab api = new FakeGitLab().token(TOKEN, "acme", "acme/deep/er");

  @AfterEach
  void stop() {
    api.close();
  }

  private GitLabListing listing(String token) {
    Map<String, String> environment = new HashMap<>(Map.of("GITLAB_HOST", api.address()));
    environment.put("GITLAB_TOKEN", token);
    return new GitLabListing(GitLabServer.of(environment), Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private ForgeException failure(String token) {
    return catchThrowableOfType(ForgeException.class, () -> listing(token).ofGroup("acme", false));
  }

  private static List<String> names(ForgeListing listing) {
    return listing.repositories().stream().map(ForgeRepository::fullName).toList();
  }

  @Test
  void aGroupIsListedWithTheGroupsInIt() {
    api.project(FakeRepository.of(1, "acme", "web"))
        .project(FakeRepository.of(2, "acme/deep/er", "api").asPrivate().asFork().about("payments"))
        .project(FakeRepository.of(3, "acme", "old").asArchived())
        .project(FakeRepository.of(4, "other", "thing"));
    ForgeListing listed = listing(TOKEN).ofGroup("acme", true);
    assertThat(names(listed)).containsExactly("acme/deep/er/api", "acme/old", "acme/web");
    assertThat(listed.repositories().get(0))
        .isEqualTo(
            new ForgeRepository(
                2,
                "acme/deep/er/api",
                api.address() + "/acme/deep/er/api",
                false,
                true,
                null,
                List.of("payments"),
                Instant.EPOCH,
                102_400L));
    assertThat(names(listing(TOKEN).ofGroup("acme/deep", false)))
        .containsExactly("acme/deep/er/api");
    assertThat(names(listing("").ofGroup("acme", false))).containsExactly("acme/old", "acme/web");
  }

  @Test
  void aListThatChangesWhileItIsReadLosesNoneThatStays() {
    for (int i = 1; i <= 250; i++) {
      api.project(FakeRepository.of(i, "acme", "p%03d".formatted(i)));
    }
    AtomicBoolean changed = new AtomicBoolean();
    api.beforePage(
        () -> {
          if (!changed.getAndSet(true)) {
            api.without(5);
          }
        });
    assertThat(names(listing(TOKEN).ofGroup("acme", false)))
        .hasSize(249)
        .contains("acme/p101", "acme/p250")
        .doesNotContain("acme/p005");
  }

  @Test
  void refusalsAreToldApart() {
    api.project(FakeRepository.of(1, "acme", "web"));
    assertThat(failure("glpat-other").kind()).isEqualTo(ForgeException.Kind.LOGIN_REFUSED);
    assertThat(
            catchThrowableOfType(
                    ForgeException.class, () -> listing(TOKEN).ofGroup("nobody", false))
                .kind())
        .isEqualTo(ForgeException.Kind.NOT_FOUND);
    api.fail(
        () ->
            Answers.json(429, Map.of())
                .newBuilder()
                .setHeader("RateLimit-Remaining", "0")
                .setHeader("RateLimit-Reset", NOW.plusSeconds(45).getEpochSecond())
                .build());
    assertThat(failure(TOKEN).retryAt()).contains(NOW.plusSeconds(45));
    api.fail(() -> Answers.json(429, Map.of()).newBuilder().setHeader("Retry-After", "12").build());
    assertThat(failure(TOKEN).retryAt()).contains(NOW.plusSeconds(12));
    api.close();
    assertThat(failure(TOKEN).kind()).isEqualTo(ForgeException.Kind.UNREACHABLE);
  }

  @Test
  void theAddressIsAHostOrAUrl() {
    assertThat(GitLabServer.of(Map.of()).pages()).hasToString("https://gitlab.com");
    GitLabServer own = GitLabServer.of(Map.of("GITLAB_HOST", "Git.Corp.example:8443"));
    assertThat(own.pages()).hasToString("https://Git.Corp.example:8443");
    assertThat(own.host()).isEqualTo("git.corp.example:8443");
    assertThatThrownBy(() -> GitLabServer.of(Map.of("GITLAB_HOST", "https://u:p@x")))
        .hasMessageContaining("GITLAB_HOST is no address")
        .hasMessageNotContaining("u:p");
  }
}
