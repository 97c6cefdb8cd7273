package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class TemplatesTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  private FakeE2b fake;
  private E2bClient client;
  private HttpTransport transport;
  private final List<String> log = new ArrayList<>();
  private Pause pause = duration -> {};
  private Templates templates;

  @BeforeEach
  void open() throws IOException {
    fake = new FakeE2b();
    E2bOptions options = fake.options().build();
    client = new E2bClient(options);
    transport = new HttpTransport(options, null);
    templates = new Templates(new ApiCalls(options, transport), time -> pause.pause(time));
  }

  @AfterEach
  void close() {
    client.close();
    transport.close();
    fake.close();
  }

  private static TemplateSpec spec() {
    return TemplateSpec.fromTemplate("mine", "claude").run("true").build();
  }

  @Test
  void aDefinitionIsSpelledAsTheApiSpellsIt() {
    TemplateSpec spec =
        TemplateSpec.fromTemplate("mine", "claude")
            .tag("v1")
            .cpuCount(4)
            .memoryMb(2048)
            .aptInstall("git", "ripgrep")
            .npmInstall("a@^1")
            .withoutCacheFromHere()
            .pipInstall("x>=1", "it's")
            .env(Map.of("B", "2", "A", "1"))
            .workdir("/srv")
            .user("user")
            .run("make")
            .start("server &", "curl -sf localhost")
            .build();
    TemplateBuild build = templates.start(spec);
    assertThat(build.names()).containsExactly("team/mine");
    assertThat(FakeE2b.json(fake.last("/v3/templates")).toString())
        .isEqualTo("{\"name\":\"mine\",\"tags\":[\"v1\"],\"cpuCount\":4,\"memoryMB\":2048}");
    assertThat(fake.last("/v2/templates").getTarget())
        .isEqualTo("/v2/templates/%s/builds/%s".formatted(build.templateId(), build.buildId()));
    assertThat(fake.templates.started().toString())
        .isEqualTo(
            "{\"fromTemplate\":\"claude\",\"steps\":["
                + "{\"type\":\"RUN\",\"args\":[\"apt-get update &&"
                + " DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends"
                + " 'git' 'ripgrep'\",\"root\"]},"
                + "{\"type\":\"RUN\",\"args\":[\"npm install -g 'a@^1'\",\"root\"]},"
                + "{\"type\":\"RUN\",\"args\":[\"pip install 'x>=1' 'it'\\\\''s'\",\"root\"],"
                + "\"force\":true},"
                + "{\"type\":\"ENV\",\"args\":[\"A\",\"1\",\"B\",\"2\"],\"force\":true},"
                + "{\"type\":\"WORKDIR\",\"args\":[\"/srv\"],\"force\":true},"
                + "{\"type\":\"USER\",\"args\":[\"user\"],\"force\":true},"
                + "{\"type\":\"RUN\",\"args\":[\"make\"],\"force\":true}],"
                + "\"startCmd\":\"server &\",\"readyCmd\":\"curl -sf localhost\"}");
  }

  @Test
  void anImageMayHaveNoStepsAndAPrivateOneItsKey() {
    TemplateSpec spec =
        TemplateSpec.fromImage("mine", "debian:13").registry("u", "hush").withoutCache().build();
    templates.start(spec);
    assertThat(fake.templates.started().toString())
        .isEqualTo(
            "{\"fromImage\":\"debian:13\",\"fromImageRegistry\":{\"type\":\"registry\","
                + "\"username\":\"u\",\"password\":\"hush\"},\"force\":true,\"steps\":[]}");
    assertThat(spec.toString()).isEqualTo("TemplateSpec[mine, from debian:13, 0 steps]");
  }

  @Test
  void aBuildIsWaitedForAndItsLogComesOnceAndWhole() {
    IntStream.range(0, 250).forEach(i -> fake.templates.log.add("line " + i));
    List<Duration> waits = new ArrayList<>();
    pause =
        time -> {
          waits.add(time);
          if (waits.size() == 3) {
            IntStream.range(250, 400).forEach(i -> fake.templates.log.add("line " + i));
            fake.templates.succeed();
          }
        };
    TemplateBuild build = templates.build(spec(), line -> log.add(line.message()), LONG);
    assertThat(log)
        .containsExactlyElementsOf(IntStream.range(0, 400).mapToObj(i -> "line " + i).toList());
    assertThat(waits).containsOnly(Duration.ofSeconds(1)).hasSizeBetween(3, 4);
    assertThat(build.templateId()).isEqualTo("t1");
  }

  @Test
  void aLookThatIsLostIsMadeUpForAndOneThatIsRefusedIsNot() {
    fake.templates.log.add("only once");
    TemplateBuild build = templates.start(spec());
    fake.answerNext("/status", FakeE2b.error(502, "bad gateway"));
    pause = time -> fake.templates.succeed();
    templates.await(build, line -> log.add(line.message()), LONG);
    assertThat(log).containsExactly("only once");
    fake.answerNext("/status", FakeE2b.error(401, "bad key"));
    assertThatThrownBy(() -> templates.await(build, line -> {}, LONG))
        .isInstanceOf(AuthenticationException.class);
  }

  @Test
  void aBuildThatFailsNamesItsStepAndWhy() {
    pause = time -> fake.templates.fail("2", "exit 100:\nno such package");
    TemplateBuildException failure =
        catchThrowableOfType(
            TemplateBuildException.class,
            () -> templates.build(spec(), line -> log.add(line.message()), LONG));
    assertThat(failure)
        .hasMessage("cannot build template t1 (build b2): step 2: exit 100: no such package");
    assertThat(failure.step()).contains("2");
    assertThat(failure.build().templateId()).isEqualTo("t1");
  }

  @Test
  void aBuildThatTakesTooLongGoesOnAndAnInterruptIsKept() {
    TemplateBuild build = templates.start(spec());
    assertThatThrownBy(() -> templates.await(build, line -> {}, Duration.ZERO))
        .isInstanceOf(E2bTransportException.class)
        .hasMessageContaining("BUILDING after PT0S");
    pause =
        time -> {
          throw new InterruptedException("test");
        };
    assertThatThrownBy(() -> templates.await(build, line -> {}, LONG))
        .isInstanceOf(E2bInterruptedException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(templates.status(build, 0).state()).isEqualTo(BuildStatus.State.BUILDING);
  }

  @Test
  void aNameIsLookedForAndATemplateDeleted() {
    assertThat(client.templates().exists("mine")).isFalse();
    TemplateBuild build = client.templates().start(spec());
    assertThat(client.templates().exists("mine")).isTrue();
    assertThat(client.templates().exists("theirs")).isTrue();
    assertThat(client.templates().delete(build.templateId())).isTrue();
    assertThat(client.templates().delete(build.templateId())).isFalse();
    fake.answerNext("/aliases", FakeE2b.error(401, "bad key"));
    assertThatThrownBy(() -> client.templates().exists("mine"))
        .isInstanceOf(AuthenticationException.class);
  }

  @Test
  void refusalsAndStrangeAnswersHaveTheirClasses() {
    fake.answerNext("/v3/templates", FakeE2b.error(403, "the name is taken"));
    assertThatThrownBy(() -> templates.start(spec())).isInstanceOf(AuthenticationException.class);
    fake.answerNext(
        "/v3/templates",
        FakeE2b.error(
            429, "you have reached the maximum number of concurrent template builds (1)"));
    assertThatThrownBy(() -> templates.start(spec()))
        .isInstanceOfSatisfying(RateLimitedException.class, e -> assertThat(e.isQuota()).isTrue());
    fake.answerNext("/v3/templates", FakeE2b.json(202, Map.of("templateID", "t")));
    assertThatThrownBy(() -> templates.start(spec())).isInstanceOf(E2bProtocolException.class);
    TemplateBuild build = templates.start(spec());
    fake.answerNext("/status", FakeE2b.json(200, Map.of("status", "dreaming")));
    assertThat(templates.status(build, 0).state()).isEqualTo(BuildStatus.State.OTHER);
    fake.answerNext("/status", FakeE2b.json(200, Map.of()));
    assertThatThrownBy(() -> templates.status(build, 0)).isInstanceOf(E2bProtocolException.class);
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    TemplateSpec.Builder builder = TemplateSpec.fromImage("mine", "debian:13");
    List<org.assertj.core.api.ThrowableAssert.ThrowingCallable> wrong =
        List.of(
            () -> TemplateSpec.fromImage("", "debian:13"),
            () -> TemplateSpec.fromImage("x".repeat(129), "debian:13"),
            () -> TemplateSpec.fromTemplate("mine", " "),
            () -> builder.cpuCount(33),
            () -> builder.memoryMb(127),
            () -> builder.run(" "),
            () -> builder.run("a\0b"),
            () -> builder.aptInstall(),
            () -> builder.pipInstall("--index-url=x"));
    wrong.forEach(call -> assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class));
  }
}
