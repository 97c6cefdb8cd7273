package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class E2bClientTest extends FakeE2bTest {

  private static SandboxSpec spec(String job) {
    return SandboxSpec.builder()
        .template("claude")
        .timeout(Duration.ofMillis(120_001))
        .metadata("job", job)
        .envVars(Map.of("A", "hush"))
        .autoPause(true)
        .build();
  }

  @Test
  void createSendsWhatTheSpecSaysAndNothingElse() {
    Sandbox sandbox = client.create(spec("1"));
    RecordedRequest request = fake.last("/v2/sandboxes");
    assertThat(FakeE2b.json(request).toString())
        .isEqualTo(
            "{\"templateID\":\"claude\",\"timeout\":121,\"metadata\":{\"job\":\"1\"},"
                + "\"envVars\":{\"A\":\"hush\"},\"autoPause\":true}");
    assertThat(request.getHeaders().get("Content-Type")).isEqualTo("application/json");
    assertThat(request.getHeaders().get("X-API-KEY")).isEqualTo(FakeE2b.KEY);
    assertThat(sandbox.sandboxId()).startsWith("i");
    assertThat(sandbox.template()).isEqualTo("claude");
    assertThat(sandbox.envdVersion()).isEqualTo("0.6.13");
    assertThat(sandbox.user()).isEmpty();
  }

  @Test
  void internetAccessIsSpelledAsTheApiSpellsIt() {
    client.create(SandboxSpec.builder().allowInternetAccess(false).build());
    assertThat(FakeE2b.json(fake.last("/v2/sandboxes")).toString())
        .isEqualTo(
            "{\"templateID\":\"base\",\"timeout\":300,\"autoPause\":false,"
                + "\"allow_internet_access\":false}");
  }

  @Test
  void getTellsWhatTheApiKnows() {
    String id = client.create(spec("1")).sandboxId();
    SandboxInfo info = client.get(id);
    assertThat(info)
        .isEqualTo(
            new SandboxInfo(
                id,
                "claude",
                null,
                SandboxState.RUNNING,
                Instant.parse("2026-01-02T03:04:05Z"),
                Instant.parse("2026-01-02T03:06:06Z"),
                Map.of("job", "1"),
                "0.6.13",
                2,
                1024,
                4096));
  }

  @Test
  void connectResumesAPausedSandboxAndNeverShortensItsLife() {
    String id = client.create(spec("1")).sandboxId();
    FakeE2b.Box box = fake.box(id);
    box.state = "paused";
    Sandbox sandbox = client.connect(id, Duration.ofSeconds(5));
    assertThat(FakeE2b.json(fake.last("/connect")).toString()).isEqualTo("{\"timeout\":5}");
    assertThat(sandbox.sandboxId()).isEqualTo(id);
    assertThat(client.get(id).state()).isEqualTo(SandboxState.RUNNING);
    assertThat(client.get(id).endAt()).isEqualTo(Instant.parse("2026-01-02T03:06:06Z"));
  }

  @Test
  void pauseKeepsTheMemoryAndIsNoFailureTheSecondTime() {
    String id = client.create(spec("1")).sandboxId();
    assertThat(client.pause(id)).isTrue();
    assertThat(FakeE2b.json(fake.last("/pause")).toString()).isEqualTo("{\"memory\":true}");
    assertThat(client.get(id).state()).isEqualTo(SandboxState.PAUSED);
    assertThat(client.pause(id)).isFalse();
    client.kill(id);
    assertThatThrownBy(() -> client.pause(id)).isInstanceOf(SandboxNotFoundException.class);
  }

  @Test
  void aPauseInTheMiddleOfAnotherChangeIsAFailure() {
    String id = client.create(spec("1")).sandboxId();
    fake.box(id).state = "resuming";
    assertThatThrownBy(() -> client.pause(id))
        .isInstanceOf(E2bStatusException.class)
        .hasMessageContaining("409");
  }

  @Test
  void listFollowsAllPagesAndFilters() {
    fake.pageSize = 3;
    for (int i = 0; i < 8; i++) {
      client.create(spec(i % 2 == 0 ? "a=b&c d" : "other"));
    }
    fake.boxes.values().iterator().next().state = "paused";
    assertThat(client.list(SandboxQuery.all())).hasSize(8).doesNotHaveDuplicates();
    assertThat(fake.countOf("/v2/sandboxes?")).isEqualTo(3);
    SandboxQuery even = SandboxQuery.builder().metadata("job", "a=b&c d").build();
    assertThat(client.list(even))
        .hasSize(4)
        .allSatisfy(info -> assertThat(info.metadata()).containsEntry("job", "a=b&c d"));
    SandboxQuery paused = SandboxQuery.builder().state(SandboxState.PAUSED).build();
    assertThat(client.list(paused)).hasSize(1);
    assertThat(fake.last("/v2/sandboxes?").getTarget())
        .isEqualTo("/v2/sandboxes?limit=100&state=paused");
  }

  @Test
  void aListingTellsTheServersTimeAtItsFirstPage() {
    fake.answerNext("/v2/sandboxes", page("Thu, 01 Jan 2026 00:00:07 GMT", "second"));
    fake.answerNext("/v2/sandboxes", page("Thu, 01 Jan 2026 00:00:09 GMT", ""));
    assertThat(client.listing(SandboxQuery.all()).serverTime())
        .hasValue(Instant.parse("2026-01-01T00:00:07Z"));
  }

  @Test
  void aListingHasNoTimeWhereTheServerTellsNone() {
    client.create(spec("1"));
    SandboxListing listing = client.listing(SandboxQuery.all());
    assertThat(listing.sandboxes()).hasSize(1);
    assertThat(listing.serverTime()).isEmpty();
    fake.answerNext("/v2/sandboxes", page("yesterday", ""));
    assertThat(client.listing(SandboxQuery.all()).serverTime()).isEmpty();
  }

  private static MockResponse page(String date, String next) {
    return FakeE2b.json(200, List.of())
        .newBuilder()
        .setHeader("Date", date)
        .setHeader("X-Next-Token", next)
        .build();
  }

  @Test
  void listStopsWhenTheApiRepeatsAPage() {
    MockResponse page =
        FakeE2b.json(200, List.of()).newBuilder().setHeader("X-Next-Token", "again").build();
    fake.answerNext("/v2/sandboxes", page);
    fake.answerNext("/v2/sandboxes", page);
    assertThatThrownBy(() -> client.list(SandboxQuery.all()))
        .isInstanceOf(E2bProtocolException.class)
        .hasMessageContaining("same page twice");
  }

  @Test
  void killIsTrueOnceAndFalseAfter() {
    Sandbox sandbox = client.create(spec("1"));
    assertThat(sandbox.kill()).isTrue();
    assertThat(sandbox.kill()).isFalse();
    assertThat(client.kill("i-never-there")).isFalse();
  }

  @Test
  void setTimeoutRoundsUp() {
    Sandbox sandbox = client.create(spec("1"));
    sandbox.setTimeout(Duration.ofMillis(1500));
    assertThat(FakeE2b.json(fake.last("/timeout")).toString()).isEqualTo("{\"timeout\":2}");
    sandbox.setTimeout(Duration.ZERO);
    assertThat(FakeE2b.json(fake.last("/timeout")).toString()).isEqualTo("{\"timeout\":0}");
    assertThatThrownBy(() -> sandbox.setTimeout(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anUnknownSandboxIsNamed() {
    SandboxNotFoundException failure =
        catchThrowableOfType(SandboxNotFoundException.class, () -> client.get("i00000000000000"));
    assertThat(failure)
        .hasMessage(
            "cannot get sandbox i00000000000000: HTTP 404 for GET /sandboxes/i00000000000000:"
                + " sandbox \"i00000000000000\" doesn't exist");
    assertThat(failure.sandboxId()).isEqualTo("i00000000000000");
    assertThat(failure.status()).isEqualTo(404);
    assertThatThrownBy(() -> client.setTimeout("igone", Duration.ofSeconds(1)))
        .isInstanceOf(SandboxNotFoundException.class);
    assertThatThrownBy(() -> client.connect("igone", Duration.ofSeconds(1)))
        .isInstanceOf(SandboxNotFoundException.class);
  }

  @Test
  void anUnknownTemplateIsNotALostSandbox() {
    assertThatThrownBy(() -> client.create(SandboxSpec.builder().template("missing").build()))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("template 'missing' not found");
  }

  @Test
  void a404ThatIsNotE2bsIsNotALostSandbox() {
    MockResponse page = new MockResponse.Builder().code(404).body("<h1>not here</h1>").build();
    fake.answerNext("/sandboxes/i1", page);
    fake.answerNext("/sandboxes/i1", page);
    assertThatThrownBy(() -> client.get("i1"))
        .isExactlyInstanceOf(E2bStatusException.class)
        .hasMessageContaining("is E2B_API_URL right?");
    assertThatThrownBy(() -> client.kill("i1")).isExactlyInstanceOf(E2bStatusException.class);
  }

  @Test
  void aQuotaIsToldFromARate() {
    fake.answerNext(
        "/v2/sandboxes",
        FakeE2b.error(
            429, "you have reached the maximum number of concurrent E2B sandboxes (20). If you"));
    fake.answerNext(
        "/v2/sandboxes",
        FakeE2b.error(429, "Rate limit exceeded")
            .newBuilder()
            .setHeader("Retry-After", "7")
            .build());
    RateLimitedException quota = refused(RateLimitedException.class);
    assertThat(quota.isQuota()).isTrue();
    assertThat(quota.retryAfter()).isEmpty();
    RateLimitedException rate = refused(RateLimitedException.class);
    assertThat(rate.isQuota()).isFalse();
    assertThat(rate.retryAfter()).contains(Duration.ofSeconds(7));
  }

  @ParameterizedTest
  @CsvSource({"soon", "-1", "99999999999999", "''"})
  void aRetryAfterThatIsNoNumberOfSecondsIsNone(String header) {
    fake.answerNext(
        "/v2/sandboxes",
        FakeE2b.error(429, "x").newBuilder().setHeader("Retry-After", header).build());
    assertThat(refused(RateLimitedException.class).retryAfter()).isEmpty();
  }

  private <T extends E2bException> T refused(Class<T> type) {
    T failure = catchThrowableOfType(type, () -> client.create(spec("1")));
    assertThat(failure).isNotNull();
    return failure;
  }

  @ParameterizedTest
  @CsvSource({
    "400, Timeout cannot be greater than 1 hours,",
    "409, state is changing, sandbox_start_in_flight",
    "500, oh, sandbox_create_failed",
    "502, bad gateway,",
    "503, full, sandbox_capacity_unavailable",
    "504, late, sandbox_placement_timeout"
  })
  void anyOtherRefusalKeepsStatusTextAndCode(int status, String message, String code) {
    Map<String, Object> body =
        code == null
            ? Map.of("code", status, "message", message)
            : Map.of("code", status, "message", message, "error_code", code);
    fake.answerNext("/v2/sandboxes", FakeE2b.json(status, body));
    E2bStatusException failure = refused(E2bStatusException.class);
    assertThat(failure).isExactlyInstanceOf(E2bStatusException.class);
    assertThat(failure.status()).isEqualTo(status);
    assertThat(failure.serverMessage()).isEqualTo(message);
    assertThat(failure.errorCode().orElse(null)).isEqualTo(code);
    assertThat(failure.method()).isEqualTo("POST");
    assertThat(failure.path()).isEqualTo("/v2/sandboxes");
  }

  @Test
  void aWrongKeyNamesTheVariableAndShowsNoKey() {
    try (E2bClient other = new E2bClient(fake.options().apiKey("e2b_wrong").build())) {
      assertThatThrownBy(() -> other.get("i1"))
          .isInstanceOf(AuthenticationException.class)
          .hasMessageContaining("E2B_API_KEY")
          .hasMessageNotContaining("e2b_wrong");
    }
  }

  @Test
  void aKeyThatTheServerEchoesIsHidden() {
    fake.answerNext("/sandboxes", FakeE2b.error(401, "bad key " + FakeE2b.KEY + " given"));
    fake.answerNext(
        "/sandboxes", new MockResponse.Builder().code(500).body("dump: " + FakeE2b.KEY).build());
    for (int i = 0; i < 2; i++) {
      Throwable failure = catchThrowable(() -> client.get("i1"));
      assertThat(failure).isInstanceOf(E2bStatusException.class).hasMessageContaining("[hidden]");
      assertThat(failure.toString()).doesNotContain(FakeE2b.KEY);
    }
  }

  @Test
  void longAndManyLinedErrorTextIsCutToOneLine() {
    fake.answerNext(
        "/sandboxes",
        new MockResponse.Builder()
            .code(500)
            .body("a\u001b[31m\n\u202eb" + "x".repeat(9000))
            .build());
    E2bStatusException failure =
        catchThrowableOfType(E2bStatusException.class, () -> client.get("i1"));
    assertThat(failure.serverMessage()).startsWith("a [31m bxxx").hasSizeLessThan(510);
  }

  @ParameterizedTest
  @CsvSource({"<html>hi</html>", "null", "{}", "[1]", "''"})
  void anAnswerThatIsNotE2bsIsAProtocolError(String body) {
    fake.answerNext("/v2/sandboxes", new MockResponse.Builder().code(201).body(body).build());
    refused(E2bProtocolException.class);
  }

  @Test
  void aCreateIsNeverRepeatedEvenWhenTheServerAsksForIt() {
    fake.answerNext(
        "/v2/sandboxes",
        FakeE2b.error(503, "busy").newBuilder().setHeader("Retry-After", "0").build());
    refused(E2bStatusException.class);
    assertThat(fake.countOf("/v2/sandboxes")).isEqualTo(1);
  }

  @Test
  void aCreateWhoseAnswerIsLostIsNotRepeatedAndMayHaveBeenAccepted() {
    client.list(SandboxQuery.all());
    fake.answerNext("/v2/sandboxes", FakeE2b.dropped());
    E2bTransportException failure = refused(E2bTransportException.class);
    assertThat(failure.mayHaveBeenAccepted()).isTrue();
    assertThat(failure).hasMessageContaining("the server may have acted on the request");
    assertThat(fake.countOf("/v2/sandboxes")).isEqualTo(2);
  }

  @Test
  void aRefusedConnectionCertainlySentNothing() throws IOException {
    try (Socket reserved = new Socket()) { // bound and not listening: nobody else gets the port
      reserved.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      int port = reserved.getLocalPort();
      E2bOptions options = fake.options().apiUrl("http://127.0.0.1:" + port).build();
      try (E2bClient nowhere = new E2bClient(options)) {
        E2bTransportException failure =
            catchThrowableOfType(E2bTransportException.class, () -> nowhere.create(spec("1")));
        assertThat(failure.mayHaveBeenAccepted()).isFalse();
        assertThat(failure)
            .hasMessageContaining("http://127.0.0.1:" + port + "/v2/sandboxes")
            .hasMessageContaining("was not sent");
      }
    }
  }

  @Test
  void aSilentServerIsGivenUpAfterTheRequestTimeout() {
    E2bOptions options = fake.options().requestTimeout(Duration.ofSeconds(5)).build();
    fake.answerNext(
        "/sandboxes", new MockResponse.Builder().headersDelay(20, TimeUnit.SECONDS).build());
    try (E2bClient hasty = new E2bClient(options)) {
      E2bTransportException failure =
          catchThrowableOfType(E2bTransportException.class, () -> hasty.get("i1"));
      assertThat(failure.mayHaveBeenAccepted()).isTrue();
    }
  }

  @Test
  void aRedirectIsNotFollowedSoTheKeyStaysHere() throws IOException {
    try (FakeE2b elsewhere = new FakeE2b()) {
      fake.answerNext(
          "/sandboxes",
          new MockResponse.Builder()
              .code(307)
              .setHeader("Location", elsewhere.url() + "/stolen")
              .build());
      assertThatThrownBy(() -> client.get("i1")).hasMessageContaining("HTTP 307");
      assertThat(elsewhere.seen).isEmpty();
    }
  }

  @Test
  void anInterruptEndsABlockedCallAndStaysVisible() throws InterruptedException {
    fake.answerNext(
        "/sandboxes",
        new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build());
    AtomicReference<Throwable> failure = new AtomicReference<>();
    AtomicReference<Boolean> flag = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              failure.set(catchThrowable(() -> client.get("i1")));
              flag.set(Thread.currentThread().isInterrupted());
            });
    thread.start();
    Waiting.until("the request arrives", () -> fake.countOf("/sandboxes/i1") == 1);
    thread.interrupt();
    thread.join(Waiting.LONG.toMillis());
    assertThat(failure.get()).isInstanceOf(E2bInterruptedException.class);
    assertThat(flag.get()).isTrue();
  }

  @Test
  void closeIsQuickTwiceAndFinal() {
    fake.answerNext(
        "/sandboxes",
        new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build());
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread = new Thread(() -> failure.set(catchThrowable(() -> client.get("i1"))));
    thread.start();
    Waiting.until("the request arrives", () -> fake.countOf("/sandboxes/i1") == 1);
    client.close();
    client.close();
    Waiting.until("the blocked call ends", () -> failure.get() != null);
    assertThat(failure.get()).isInstanceOf(E2bTransportException.class);
    assertThatThrownBy(() -> client.get("i1"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void aSharedHttpClientOutlivesThisOne() {
    OkHttpClient shared = new OkHttpClient();
    try (E2bClient first = new E2bClient(fake.options().build(), shared)) {
      first.create(spec("1"));
    }
    try (E2bClient second = new E2bClient(fake.options().build(), shared)) {
      assertThat(second.list(SandboxQuery.all())).hasSize(1);
    }
    assertThat(shared.retryOnConnectionFailure()).isTrue();
    shared.dispatcher().executorService().shutdown();
    shared.connectionPool().evictAll();
  }

  @ParameterizedTest
  @CsvSource({
    "e2b.app, , https://sandbox.e2b.app",
    "e2b.dev, , https://sandbox.e2b.dev",
    "example.org, , https://49983-i1.example.org",
    "example.org, e2b.app, https://sandbox.e2b.app",
    "e2b.app, own.example, https://49983-i1.own.example"
  })
  void aSandboxIsReachedWhereItsDomainSays(String configured, String answered, String base) {
    Map<String, Object> handle = new HashMap<>(Map.of("sandboxID", "i1", "templateID", "t"));
    handle.put("domain", answered);
    fake.answerNext("/connect", FakeE2b.json(200, handle));
    List<String> asked = new CopyOnWriteArrayList<>();
    OkHttpClient shared =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain -> {
                  asked.add(chain.request().url().toString());
                  if (chain.request().url().host().equals("127.0.0.1")) {
                    return chain.proceed(chain.request());
                  }
                  throw new IOException("no network in this test");
                })
            .build();
    E2bOptions options =
        E2bOptions.builder()
            .apiKey(FakeE2b.KEY)
            .apiUrl(fake.url() + "/base/")
            .domain(configured)
            .build();
    try (E2bClient cloud = new E2bClient(options, shared)) {
      Sandbox sandbox = cloud.connect("i1", Duration.ofSeconds(1));
      assertThatThrownBy(() -> sandbox.commands().list())
          .isInstanceOfSatisfying(
              E2bTransportException.class, e -> assertThat(e.mayHaveBeenAccepted()).isFalse());
    }
    assertThat(asked)
        .containsExactly(
            fake.url() + "/base/v2/sandboxes/i1/connect", base + "/process.Process/List");
  }

  @Test
  void anAnswerWithAStrangeIdOrTokenIsAProtocolError() {
    for (Map<String, String> handle :
        List.of(
            Map.of("sandboxID", "i1\r\nX: y", "templateID", "t"),
            Map.of("sandboxID", "i1", "templateID", "t", "envdAccessToken", "a\nb"),
            Map.of("sandboxID", "i1"))) {
      fake.answerNext("/v2/sandboxes", FakeE2b.json(201, handle));
      refused(E2bProtocolException.class);
    }
  }

  @Test
  void whatIsNoSandboxIdNeverReachesTheNetwork() {
    for (String id : List.of("", "../x", "a b", "i1/../i2", "i1?x")) {
      assertThatThrownBy(() -> client.get(id)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(fake.seen).isEmpty();
  }

  @Test
  void secretsAreInNoToString() {
    Sandbox sandbox = client.create(spec("1"));
    String token = fake.box(sandbox.sandboxId()).token;
    assertThat(sandbox.toString() + sandbox.withUser("root") + client + spec("1"))
        .doesNotContain(token, FakeE2b.KEY, "hush");
    assertThat(spec("1").toString()).contains("envVars=[A]");
  }

  @Test
  void aSpecThatMakesNoSenseIsRefused() {
    assertThatThrownBy(() -> SandboxSpec.builder().timeout(Duration.ZERO).build())
        .hasMessageContaining("positive");
    assertThatThrownBy(() -> SandboxSpec.builder().template(" ").build())
        .hasMessageContaining("template");
  }
}
