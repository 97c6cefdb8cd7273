package dev.repofleet.worker.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.repofleet.forge.fake.Answers;
import dev.repofleet.forge.fake.FakeGitHub;
import dev.repofleet.forge.fake.FakeRepository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitHubLoginTest {
  private final FakeGitHub api = new FakeGitHub();
  private final InstantSource time = api::now;
  private final Clock clock = time.withZone(ZoneOffset.UTC);
  private GitHubLogin app = GitHubLogin.of(Map.of(), clock);

  @BeforeEach
  void serve() {
    api.organisation("acme")
        .organisation("globex")
        .user("kim")
        .repository(FakeRepository.of(1, "acme", "one").asPrivate())
        .repository(FakeRepository.of(2, "acme", "two").asPrivate())
        .repository(FakeRepository.of(3, "globex", "three").asPrivate())
        .repository(FakeRepository.of(4, "kim", "four").asPrivate())
        .install(10, "acme", Set.of(1L), "contents=write", "pull_requests=write")
        .install(20, "globex", Set.of(), "contents=read")
        .install(30, "kim", Set.of(), "contents=write");
    app = login(Map.of());
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private GitHubLogin login(Map<String, String> more) {
    Map<String, String> environment = new HashMap<>();
    environment.put("GITHUB_API_URL", api.apiUrl());
    environment.put("GITHUB_APP_ID", FakeGitHub.APP_ID);
    environment.put("GITHUB_APP_PRIVATE_KEY", api.appKey());
    environment.putAll(more);
    return GitHubLogin.of(environment, clock);
  }

  private Token token(String owner, String name, Access access) {
    return app.forRepository(owner, name, access).orElseThrow();
  }

  private ForgeException failure(String owner, String name, Access access) {
    return catchThrowableOfType(ForgeException.class, () -> app.forRepository(owner, name, access));
  }

  private boolean sees(Token token, String repository) {
    return app.calls()
        .ask("it", () -> app.calls().as(Optional.of(token)).getRepository(repository))
        .isPrivate();
  }

  @Test
  void eachRepositoryAndUseGetsATokenThatCanDoNoMore() {
    Token read = token("acme", "one", Access.READ);
    Token publish = token("acme", "one", Access.PUBLISH);
    assertThat(api.permissionsOf(read.value())).isEqualTo(Map.of("contents", "read"));
    assertThat(api.permissionsOf(publish.value()))
        .isEqualTo(Map.of("contents", "write", "pull_requests", "write"));
    assertThat(sees(read, "acme/one")).isTrue();
    Token other = token("globex", "three", Access.READ);
    assertThat(sees(other, "globex/three")).isTrue();
    assertThatThrownBy(() -> sees(other, "acme/one"))
        .isInstanceOfSatisfying(
            ForgeException.class,
            e -> assertThat(e.kind()).isEqualTo(ForgeException.Kind.NOT_FOUND));
  }

  @Test
  void anInstallationAtAPersonIsFoundToo() {
    assertThat(sees(token("kim", "four", Access.READ), "kim/four")).isTrue();
  }

  @Test
  void aTokenIsKeptWhileItOutlivesAStepAndThenRenewed() {
    Token first = token("acme", "one", Access.READ);
    api.advance(Duration.ofMinutes(39));
    assertThat(token("ACME", "One", Access.READ)).isEqualTo(first);
    api.advance(Duration.ofMinutes(2));
    Token second = token("acme", "one", Access.READ);
    assertThat(second.value()).isNotEqualTo(first.value());
    api.advance(Duration.ofMinutes(30));
    assertThat(sees(second, "acme/one")).isTrue();
  }

  @Test
  void whatTheAppWasNotGivenIsLeftToTheTokenOrToNobody() {
    assertThat(app.forRepository("acme", "two", Access.READ)).isEmpty();
    assertThat(app.forRepository("stranger", "thing", Access.READ)).isEmpty();
    GitHubLogin both = login(Map.of("GITHUB_TOKEN", "ghp_of_kim"));
    assertThat(both.forRepository("acme", "two", Access.READ))
        .contains(new Token("ghp_of_kim", null, "GITHUB_TOKEN"));
    assertThat(both.forRepository("acme", "one", Access.READ).orElseThrow().variable())
        .isEqualTo("GITHUB_APP_ID");
  }

  @Test
  void ownersWithoutTheAppAreAskedForOnceInAWhile() {
    app.forRepository("stranger", "a", Access.READ);
    int asked = api.requests().size();
    app.forRepository("stranger", "b", Access.READ);
    assertThat(api.requests()).hasSize(asked);
    api.organisation("stranger")
        .repository(FakeRepository.of(9, "stranger", "b"))
        .install(90, "stranger", Set.of(), "contents=read");
    api.advance(Duration.ofMinutes(6));
    assertThat(app.forRepository("stranger", "b", Access.READ)).isPresent();
  }

  @Test
  void aSuspendedInstallationIsSaidToBeSuspended() {
    api.suspend(10);
    ForgeException failure = failure("acme", "one", Access.READ);
    assertThat(failure.kind()).isEqualTo(ForgeException.Kind.FORBIDDEN);
    assertThat(failure).hasMessageContaining("acme").hasMessageContaining("suspended");
  }

  @Test
  void anInstallationSuspendedAfterItWasFoundIsToldByGitHub() {
    token("acme", "one", Access.READ);
    api.suspend(10);
    ForgeException failure = failure("acme", "one", Access.PUBLISH);
    assertThat(failure.kind()).isEqualTo(ForgeException.Kind.FORBIDDEN);
    assertThat(failure).hasMessageContaining("suspended");
  }

  @Test
  void aPermissionTheAppLacksIsNotTakenForAMissingRepository() {
    ForgeException failure = failure("globex", "three", Access.PUBLISH);
    assertThat(failure.kind()).isEqualTo(ForgeException.Kind.REJECTED);
    assertThat(failure).hasMessageContaining("permissions");
  }

  @Test
  void aLimitFailsAtOnceAndSaysUntilWhen() {
    api.exhaust(Duration.ofMinutes(50));
    ForgeException spent = failure("acme", "one", Access.READ);
    assertThat(spent.kind()).isEqualTo(ForgeException.Kind.RATE_LIMITED);
    assertThat(spent.retryAt()).contains(api.now().plus(Duration.ofMinutes(50)));
    api.slowDown(7);
    ForgeException slowed = failure("acme", "one", Access.READ);
    assertThat(slowed.kind()).isEqualTo(ForgeException.Kind.RATE_LIMITED);
    assertThat(slowed.retryAt()).contains(api.now().plusSeconds(7));
    assertThat(api.requests()).hasSize(2);
    api.heal();
    assertThat(app.forRepository("acme", "one", Access.READ)).isPresent();
  }

  @Test
  void aLimitThatIsToldInWordsAloneIsKnownToo() {
    api.fail(
        path ->
            Answers.json(
                403, Map.of("message", "You have exceeded a secondary rate limit. Wait.")));
    assertThat(failure("acme", "one", Access.READ).retryAt())
        .contains(api.now().plus(Duration.ofMinutes(1)));
  }

  @Test
  void aBrokenServerIsUnreachableAndItsWordsAreBounded() {
    api.fail(path -> Answers.json(502, Map.of("message", "a\u001b[31m" + "x".repeat(5000))));
    ForgeException failure = failure("acme", "one", Access.READ);
    assertThat(failure.kind()).isEqualTo(ForgeException.Kind.UNREACHABLE);
    assertThat(String.valueOf(failure.getMessage())).hasSizeLessThan(500).doesNotContain("\u001b");
    api.close();
    assertThat(failure("acme", "one", Access.READ).kind())
        .isEqualTo(ForgeException.Kind.UNREACHABLE);
  }

  @Test
  void anAnswerThatIsNoJsonIsNoRefusal() {
    api.fail(
        path ->
            path.endsWith("/access_tokens")
                ? Answers.json(201, Map.of()).newBuilder().body("{\"token\": \"gh").build()
                : null);
    assertThat(failure("acme", "one", Access.READ).kind())
        .as("a token may have been made, and is not known")
        .isEqualTo(ForgeException.Kind.UNREACHABLE);
    api.heal();
    assertThat(app.forRepository("acme", "one", Access.READ)).isPresent();
  }

  @Test
  void whoHadTheSameDeadTokenGetsTheNewOneToo() {
    Token dead = token("acme", "one", Access.READ);
    assertThat(app.renews("acme", "one", dead.value())).as("the first to tell").isTrue();
    Token renewed = token("acme", "one", Access.READ);
    assertThat(app.renews("Acme", "One", dead.value())).as("told meanwhile").isTrue();
    assertThat(token("acme", "one", Access.READ)).isEqualTo(renewed);
    assertThat(app.renews("acme", "one", renewed.value())).as("so it isn't the token").isFalse();
    assertThat(app.renews("acme", "one", dead.value())).as("nor for others").isFalse();
    api.advance(Duration.ofMinutes(6));
    Token later = token("acme", "one", Access.READ);
    assertThat(app.renews("acme", "one", later.value())).as("another time").isTrue();
  }

  @Test
  void anAppIsNoLoginWhereItIsKnownNotToBeInstalled() {
    GitHubLogin both = login(Map.of("GITHUB_TOKEN", "ghp_of_kim"));
    assertThat(both.variable("stranger")).as("not asked for yet").contains("GITHUB_APP_ID");
    both.forOwner("stranger");
    both.forOwner("acme");
    app.forOwner("stranger");
    assertThat(both.variable("Stranger")).contains("GITHUB_TOKEN");
    assertThat(both.variable("acme")).contains("GITHUB_APP_ID");
    assertThat(app.variable("stranger")).isEmpty();
  }

  @Test
  void aWrongAppIsRefused() {
    app = login(Map.of("GITHUB_APP_ID", "99"));
    assertThat(failure("acme", "one", Access.READ).kind())
        .isEqualTo(ForgeException.Kind.LOGIN_REFUSED);
  }

  @Test
  void aRevokedTokenIsRefusedAndNotQuoted() {
    Token gone = new Token("ghp_revoked", null, "GITHUB_TOKEN");
    assertThatThrownBy(() -> sees(gone, "acme/one"))
        .isInstanceOfSatisfying(
            ForgeException.class,
            e -> assertThat(e.kind()).isEqualTo(ForgeException.Kind.LOGIN_REFUSED))
        .hasMessageNotContaining("ghp_revoked");
    assertThat(gone.toString()).doesNotContain("ghp_revoked");
  }

  @Test
  void aRenamedRepositoryIsFoundUnderItsFormerName() {
    Token token = token("globex", "three", Access.READ);
    api.repository(FakeRepository.of(3, "globex", "three").asPrivate().renamed("drei"));
    assertThat(
            app.calls()
                .ask("it", () -> app.calls().as(Optional.of(token)).getRepository("globex/three"))
                .getFullName())
        .isEqualTo("globex/drei");
  }

  @Test
  void manyThreadsGetGoodTokens() {
    ForkJoinPool threads = new ForkJoinPool(8);
    List<Token> tokens =
        threads
            .submit(
                () ->
                    IntStream.range(0, 64)
                        .parallel()
                        .mapToObj(
                            i ->
                                i % 2 == 0
                                    ? token("acme", "one", Access.READ)
                                    : token("kim", "four", Access.READ))
                        .toList())
            .join();
    threads.shutdown();
    assertThat(tokens)
        .allSatisfy(
            token ->
                assertThat(api.permissionsOf(token.value())).isEqualTo(Map.of("contents", "read")));
  }

  @Test
  void theKeyIsReadAsGitHubHandsItOutAndOnOneLineAndFromAFile(@TempDir Path folder)
      throws Exception {
    Path file = Files.writeString(folder.resolve("app.pem"), api.appKeyAsHandedOut());
    for (GitHubLogin login :
        List.of(
            login(Map.of("GITHUB_APP_PRIVATE_KEY", api.appKeyAsHandedOut())),
            login(Map.of("GITHUB_APP_PRIVATE_KEY", api.appKey().replace("\n", "\\n"))),
            login(
                Map.of(
                    "GITHUB_APP_PRIVATE_KEY",
                    "",
                    "GITHUB_APP_PRIVATE_KEY_FILE",
                    file.toString())))) {
      assertThat(login.forRepository("acme", "one", Access.READ)).isPresent();
    }
  }

  @Test
  void aKeyThatCanNotBeReadIsRefusedWithTheWayOut() {
    String encrypted = api.appKey().replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    assertThatThrownBy(() -> login(Map.of("GITHUB_APP_PRIVATE_KEY", encrypted)))
        .hasMessageContaining("openssl pkcs8 -topk8 -nocrypt");
    String broken = api.appKey().replaceFirst("[A-Za-z]{8}", "");
    assertThatThrownBy(
            () -> login(Map.of("GITHUB_APP_PRIVATE_KEY", broken.replaceAll("\n[A-Z]", "\n"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("GITHUB_APP_PRIVATE_KEY")
        .hasMessageNotContaining(broken.substring(100, 120));
    assertThatThrownBy(() -> login(Map.of("GITHUB_APP_PRIVATE_KEY", "nonsense-and-secret")))
        .hasMessageContaining("BEGIN")
        .hasMessageNotContaining("nonsense-and-secret");
  }

  @Test
  void aKeyInPlaceOfAFilesNameIsNotQuoted() {
    String body = api.appKey().lines().skip(1).collect(Collectors.joining());
    for (String key : List.of(api.appKey(), api.appKey().replace("\n", "\\n"), body)) {
      assertThatThrownBy(
              () -> login(Map.of("GITHUB_APP_PRIVATE_KEY", "", "GITHUB_APP_PRIVATE_KEY_FILE", key)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "GITHUB_APP_PRIVATE_KEY_FILE holds a key itself, and takes the name of a file with"
                  + " one: GITHUB_APP_PRIVATE_KEY takes the key");
    }
  }

  @Test
  void variablesThatDoNotGoTogetherAreRefused() {
    assertThatThrownBy(() -> login(Map.of("GITHUB_APP_PRIVATE_KEY", "")))
        .hasMessageContaining("needs both GITHUB_APP_ID and");
    assertThatThrownBy(() -> login(Map.of("GITHUB_APP_PRIVATE_KEY_FILE", "/k")))
        .hasMessageContaining("leave one of them out");
    assertThatThrownBy(
            () ->
                login(
                    Map.of(
                        "GITHUB_APP_PRIVATE_KEY",
                        "",
                        "GITHUB_APP_PRIVATE_KEY_FILE",
                        "/nowhere/k.pem")))
        .hasMessageContaining("/nowhere/k.pem");
    assertThatThrownBy(() -> login(Map.of("GITHUB_API_URL", "ftp://x")))
        .hasMessageContaining("GITHUB_API_URL is no address");
  }

  @Test
  void theHostOfClonesFollowsFromTheApi() {
    assertThat(GitHubServer.of(Map.of()).host()).isEqualTo("github.com");
    assertThat(host("https://git.corp.example/api/v3/")).isEqualTo("git.corp.example");
    assertThat(host("https://api.corp.ghe.com")).isEqualTo("corp.ghe.com");
    assertThat(host("http://127.0.0.1:8080/api/v3")).isEqualTo("127.0.0.1:8080");
  }

  private static String host(String apiUrl) {
    return GitHubServer.of(Map.of("GITHUB_API_URL", apiUrl)).host();
  }

  @Test
  void aTokenKnowsWhenItDies() {
    Instant end = token("acme", "one", Access.READ).expiresAt();
    assertThat(end).isEqualTo(api.now().plus(Duration.ofHours(1)));
  }
}
