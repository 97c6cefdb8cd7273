package dev.repofleet.worker.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.repofleet.forge.fake.Answers;
import dev.repofleet.forge.fake.FakeGitHub;
import dev.repofleet.forge.fake.FakeRepository;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import okhttp3.Headers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GitHubListingTest {
  private static final String TOKEN = "ghp_of_kim_0123456789";

  private final FakeGitHub api =
      new FakeGitHub().organisation("acme").user("kim").token(TOKEN, "kim", "acme", "kim");
  private final InstantSource time = api::now;

  @AfterEach
  void stop() {
    api.close();
  }

  private GitHubListing listing(String... variables) {
    Map<String, String> environment = new HashMap<>(Map.of("GITHUB_API_URL", api.apiUrl()));
    for (int i = 0; i < variables.length; i += 2) {
      environment.put(variables[i], variables[i + 1]);
    }
    return new GitHubListing(GitHubLogin.of(environment, time.withZone(ZoneOffset.UTC)));
  }

  private GitHubListing asKim() {
    return listing("GITHUB_TOKEN", TOKEN);
  }

  private GitHubListing asApp() {
    return listing(
        "GITHUB_APP_ID", FakeGitHub.APP_ID, "GITHUB_APP_PRIVATE_KEY", api.appKeyAsHandedOut());
  }

  private void fill(String owner, int from, int count) {
    for (int i = from; i < from + count; i++) {
      api.repository(FakeRepository.of(i, owner, "r%04d".formatted(i)));
    }
  }

  private static List<String> names(ForgeListing listing) {
    return listing.repositories().stream().map(ForgeRepository::fullName).toList();
  }

  private ForgeException failure(GitHubListing listing) {
    return catchThrowableOfType(ForgeException.class, () -> listing.ofOwner("acme"));
  }

  @Test
  void anOrganisationIsReadPageAfterPageAndSortedByName() {
    fill("acme", 1, 250);
    api.repository(FakeRepository.of(900, "acme", "Alpha"));
    List<String> names = names(asKim().ofOwner("acme"));
    assertThat(names).hasSize(251).startsWith("acme/Alpha", "acme/r0001").doesNotHaveDuplicates();
    assertThat(names).isSortedAccordingTo(String.CASE_INSENSITIVE_ORDER);
  }

  @Test
  void aRepositoryIsToldWithWhatFiltersNeed() {
    Instant pushed = Instant.parse("2026-10-01T00:00:00Z");
    api.repository(
        FakeRepository.of(1, "acme", "one")
            .asArchived()
            .asFork()
            .in("Go")
            .about("payments")
            .pushed(pushed)
            .sized(3));
    assertThat(listing("GITHUB_SERVER_URL", "https://git.corp.example").ofOwner("acme"))
        .isEqualTo(
            new ForgeListing(
                List.of(
                    new ForgeRepository(
                        1,
                        "acme/one",
                        "https://git.corp.example/acme/one",
                        true,
                        true,
                        "Go",
                        List.of("payments"),
                        pushed,
                        3072L)),
                List.of()));
  }

  @Test
  void aListThatChangesWhileItIsReadLosesNoneThatStays() {
    fill("acme", 1, 350);
    AtomicInteger left = new AtomicInteger(3);
    api.beforePage(
        () -> {
          // One goes from a page that was read, so that others move up; one comes at the beginning.
          int now = left.getAndDecrement();
          if (now > 0) {
            api.without(now);
            api.repository(FakeRepository.of(1000 + now, "acme", "a" + now));
          }
        });
    List<String> names = names(asKim().ofOwner("acme"));
    assertThat(names).doesNotHaveDuplicates().doesNotContain("acme/r0001", "acme/r0003");
    for (int i = 4; i <= 350; i++) {
      assertThat(names).contains("acme/r%04d".formatted(i));
    }
  }

  @Test
  void aListThatNeverRestsIsTakenWithAWord() {
    fill("acme", 1, 150);
    AtomicInteger next = new AtomicInteger(2000);
    api.beforePage(
        () -> api.repository(FakeRepository.of(next.get(), "acme", "z" + next.getAndIncrement())));
    ForgeListing listed = asKim().ofOwner("acme");
    assertThat(names(listed)).contains("acme/r0001", "acme/r0150");
    assertThat(listed.notes()).singleElement().asString().contains("changed each time");
  }

  @Test
  void aUserIsListedByWhatTheLoginSees() {
    api.repository(FakeRepository.of(1, "kim", "open"))
        .repository(FakeRepository.of(2, "kim", "closed").asPrivate())
        .repository(FakeRepository.of(3, "kim", "given").asPrivate())
        .install(30, "kim", Set.of(3L), "contents=read");
    assertThat(names(listing().ofOwner("kim"))).containsExactly("kim/open");
    assertThat(names(asKim().ofOwner("kim")))
        .containsExactly("kim/closed", "kim/given", "kim/open");
    assertThat(names(asApp().ofOwner("kim"))).containsExactly("kim/given");
  }

  @Test
  void anAppListsAnOrganisationByATokenThatOnlyNames() {
    api.repository(FakeRepository.of(1, "acme", "open"))
        .repository(FakeRepository.of(2, "acme", "closed").asPrivate())
        .install(10, "acme", Set.of(), "contents=write");
    assertThat(names(asApp().ofOwner("acme"))).containsExactly("acme/closed", "acme/open");
    assertThat(names(listing().ofOwner("acme"))).containsExactly("acme/open");
  }

  @Test
  void aTeamHasItsOwn() {
    fill("acme", 1, 3);
    api.team("acme", "core", 1L, 3L);
    assertThat(names(asKim().ofTeam("acme", "core"))).containsExactly("acme/r0001", "acme/r0003");
  }

  @Test
  void aSearchSaysWhenItFindsMoreThanItShows() {
    fill("acme", 1, 1200);
    api.searchTotal(1200);
    ForgeListing found = asKim().found("org:acme r");
    assertThat(found.repositories()).hasSize(1000);
    assertThat(found.notes()).singleElement().asString().contains("1200").contains("1000");
  }

  @Test
  void aQueryThatCanNotBeReadIsRejected() {
    ForgeException failure =
        catchThrowableOfType(ForgeException.class, () -> asKim().found("nonsense:1"));
    assertThat(failure.kind()).isEqualTo(ForgeException.Kind.REJECTED);
  }

  @Test
  void whatIsNotThereIsNotFound() {
    assertThat(catchThrowableOfType(ForgeException.class, () -> asKim().ofOwner("nobody")).kind())
        .isEqualTo(ForgeException.Kind.NOT_FOUND);
  }

  @Test
  void limitsSayWhenTheyEnd() {
    api.exhaust(Duration.ofMinutes(50));
    ForgeException spent = failure(asKim());
    assertThat(spent.kind()).isEqualTo(ForgeException.Kind.RATE_LIMITED);
    assertThat(spent.retryAt()).contains(api.now().plus(Duration.ofMinutes(50)));
    api.slowDown(9);
    assertThat(failure(asKim()).retryAt()).contains(api.now().plusSeconds(9));
    assertThat(api.requests()).hasSize(2);
  }

  @Test
  void singleSignOnIsNamed() {
    api.fail(
        path ->
            new MockResponse(
                403,
                Headers.of("X-GitHub-SSO", "required; url=https://github.com/orgs/acme/sso"),
                "{\"message\":\"Resource protected by organization SAML enforcement.\"}"));
    ForgeException failure = failure(asKim());
    assertThat(failure.kind()).isEqualTo(ForgeException.Kind.FORBIDDEN);
    assertThat(failure).hasMessageContaining("SAML").hasMessageContaining("single sign-on");
  }

  @Test
  void aRefusedTokenAndABrokenServerAreTold() {
    assertThat(failure(listing("GITHUB_TOKEN", "ghp_other")).kind())
        .isEqualTo(ForgeException.Kind.LOGIN_REFUSED);
    api.fail(path -> new MockResponse(200, Headers.of(), "<html>a captive portal</html>"));
    assertThat(failure(asKim()).kind()).isEqualTo(ForgeException.Kind.UNREACHABLE);
    api.fail(path -> Answers.json(200, Map.of("no", "list")));
    assertThat(failure(asKim()).kind()).isEqualTo(ForgeException.Kind.UNREACHABLE);
    api.fail(path -> new MockResponse(503, Headers.of(), ""));
    assertThat(failure(asKim()).kind()).isEqualTo(ForgeException.Kind.UNREACHABLE);
  }

  @Test
  void theTokenFollowsNoPageToAnotherHost() {
    api.fail(
        path ->
            new MockResponse(
                200, Headers.of("Link", "<https://evil.example/p2>; rel=\"next\""), "[]"));
    assertThat(failure(asKim()).kind()).isEqualTo(ForgeException.Kind.UNREACHABLE);
  }
}
