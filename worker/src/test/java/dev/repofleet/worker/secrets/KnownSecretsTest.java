package dev.repofleet.worker.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.forge.fake.FakeGitHub;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class KnownSecretsTest {
  private static final String KEY = "sk-ant-\"q/+?=\\0123456789";
  private final KnownSecrets secrets = KnownSecrets.of(Map.of("ANTHROPIC_API_KEY", KEY));

  private String found(String text, int piece) {
    SecretSearch search = secrets.search();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int from = 0; from < bytes.length; from += piece) {
      byte[] part = java.util.Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + piece));
      search.accept(part, part.length);
    }
    return search.kind();
  }

  @Test
  void everySpellingIsFoundAndRedacted() {
    String json = "{\"key\":\"" + KEY.replace("\\", "\\\\").replace("\"", "\\\"") + "\"}";
    String url = "https://h/?k=" + URLEncoder.encode(KEY, StandardCharsets.UTF_8) + "&b=1";
    for (String text : new String[] {"a " + KEY + " b", json, url}) {
      assertThat(found(text, 1000)).isEqualTo("a key of the model's provider");
      assertThat(secrets.redact(text)).contains("***").doesNotContain("0123456789");
    }
    assertThat(found("nothing of it: sk-ant- 0123456789", 7)).isEmpty();
  }

  @RepeatedTest(30)
  void base64IsFoundWhereverItBeginsAndHoweverItIsCut(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    String before = "x".repeat(random.nextInt(50));
    byte[] bytes = (before + KEY + "y".repeat(random.nextInt(50))).getBytes(StandardCharsets.UTF_8);
    Base64.Encoder encoder =
        random.nextBoolean() ? Base64.getEncoder() : Base64.getUrlEncoder().withoutPadding();
    assertThat(found("+" + encoder.encodeToString(bytes) + "\n", 1 + random.nextInt(9)))
        .isNotEmpty();
  }

  @Test
  void shortValuesAndOtherVariablesAreNoSecrets() {
    KnownSecrets none = KnownSecrets.of(Map.of("GITHUB_TOKEN", "short", "HOME", "/home/somebody"));
    assertThat(none.redact("short /home/somebody")).isEqualTo("short /home/somebody");
    assertThat(secrets.toString()).doesNotContain("sk-ant");
  }

  @Test
  void secretsThatPlansMayAskForAreKnownLikeTheOthers() {
    KnownSecrets known =
        KnownSecrets.of(
            Map.of(
                "REPOFLEET_PLAN_SECRETS",
                "TICKETS_TOKEN, GITHUB_TOKEN",
                "TICKETS_TOKEN",
                "tickets-0123456789",
                "GITHUB_TOKEN",
                "github-0123456789"));
    assertThat(known.redact("a tickets-0123456789 b")).isEqualTo("a *** b");
    SecretSearch search = known.search();
    byte[] text = "github-0123456789".getBytes(StandardCharsets.UTF_8);
    search.accept(text, text.length);
    assertThat(search.kind()).isEqualTo("a token for a Git host");
  }

  @Test
  void whatAFileInAVariableHasInItIsSecretLineByLine() {
    String npm =
        "registry=https://nexus3.example.org/\n//npm.example.org/:_authToken=npm_01aB23cD45eF67gH\n";
    String cloud =
        "{\n  \"type\": \"service_account\",\n  \"auth_provider_x509_cert_url\": \"https://www.googleapis.com/oauth2/v1/certs\",\n  \"token_uri\": \"https://oauth2.googleapis.com/token\",\n  \"private_key_id\": \"0a1b2c3d4e5f60718293\",\n"
            + "  \"private_key\": \"-----BEGIN PRIVATE KEY-----\\nMC4CAQAwBQYDK2Vwa1\\n-----END PRIVATE KEY-----\\n\"\n}";
    KnownSecrets known =
        KnownSecrets.of(
            Map.of("REPOFLEET_PLAN_SECRETS", "NPMRC,CLOUD", "NPMRC", npm, "CLOUD", cloud));

    assertThat(known.redact("+//npm.example.org/:_authToken=npm_01aB23cD45eF67gH\n"))
        .isEqualTo("+***\n");
    assertThat(known.redact("token npm_01aB23cD45eF67gH")).isEqualTo("token ***");
    assertThat(known.redact("id 0a1b2c3d4e5f60718293, key\nMC4CAQAwBQYDK2Vwa1\n"))
        .isEqualTo("id ***, key\n***\n");
    KnownSecrets padded =
        KnownSecrets.of(
            Map.of(
                "REPOFLEET_PLAN_SECRETS",
                "NPMRC",
                "NPMRC",
                "email=a@example.org\n_auth=dXNlcjpwYXNzd29yZDEyMw==\n"));
    assertThat(padded.redact("+_auth=dXNlcjpwYXNzd29yZDEyMw==")).isEqualTo("+***");
    assertThat(padded.redact("auth: dXNlcjpwYXNzd29yZDEyMw")).isEqualTo("auth: ***");
    String open =
        "registry=https://nexus3.example.org/ auth_provider_x509_cert_url client.authentication.k8s.io/v1beta1"
            + " \"type\": \"service_account\" //oauth2.googleapis.com/token";
    assertThat(known.redact(open)).isEqualTo(open);
    SecretSearch patch = known.search();
    byte[] text =
        "+  //npm.example.org/:_authToken=npm_01aB23cD45eF67gH\n".getBytes(StandardCharsets.UTF_8);
    patch.accept(text, text.length);
    assertThat(patch.kind()).isEqualTo("a secret of a plan");
  }

  @Test
  void eachLineOfAnAppsKeyIsASecret() {
    try (FakeGitHub api = new FakeGitHub()) {
      String key = api.appKeyAsHandedOut();
      KnownSecrets known = KnownSecrets.of(Map.of("GITHUB_APP_PRIVATE_KEY", key));
      String shown =
          known.redact(key.replace("\n", "\n    ")) + known.redact(key.replace("\n", "\\n"));
      key.lines()
          .filter(line -> !line.startsWith("-----"))
          .filter(line -> line.length() == 64)
          .forEach(line -> assertThat(shown).doesNotContain(line));
      assertThat(KnownSecrets.isTheFleetsOwn("GITHUB_APP_PRIVATE_KEY")).isTrue();
      SecretSearch search = known.search();
      byte[] inBase64 =
          Base64.getEncoder().encode(("key: " + key).getBytes(StandardCharsets.UTF_8));
      search.accept(inBase64, inBase64.length);
      assertThat(search.kind()).isEqualTo("the key of a GitHub App");
    }
  }

  @Test
  void aTokenLearnedLaterIsOneOfThem() {
    KnownSecrets known = secrets.and("ghs_0123456789abcdef");
    assertThat(known.redact("a ghs_0123456789abcdef and " + KEY)).isEqualTo("a *** and ***");
    assertThat(secrets.redact("ghs_0123456789abcdef")).isEqualTo("ghs_0123456789abcdef");
  }

  @Test
  void thePasswordInAProxysAddressIsASecretAsWrittenAndAsItIs() {
    KnownSecrets known =
        KnownSecrets.of(Map.of("HTTPS_PROXY", "http://agent:pa%40ss+word-1@proxy.example:3128"));
    assertThat(known.redact("pa%40ss+word-1 and pa@ss+word-1")).isEqualTo("*** and ***");
    assertThat(known.redact("http://proxy.example:3128")).isEqualTo("http://proxy.example:3128");
    assertThat(
            KnownSecrets.of(Map.of("HTTPS_PROXY", "http://agent:broken%zz-1@proxy.example"))
                .redact("broken%zz-1"))
        .isEqualTo("***");
    assertThat(
            KnownSecrets.of(Map.of("https_proxy", "http://a@corp.example:s3cret-word@proxy"))
                .and("other-secret-1")
                .redact("s3cret-word other-secret-1"))
        .isEqualTo("*** ***");
    assertThat(
            KnownSecrets.of(Map.of("HTTPS_PROXY", "agent:qWhzKfjDslak@proxy:3128"))
                .redact("qWhzKfjDslak"))
        .isEqualTo("***");
    assertThat(
            KnownSecrets.of(
                    Map.of(
                        "HTTPS_PROXY", "http://proxy:password@proxy.example",
                        "DATABASE_URL", "postgres://postgres:postgres-1@db"))
                .redact("the password of postgres-1"))
        .isEqualTo("the password of postgres-1");
  }

  @Test
  void eachOfSeveralKeysIsASecretByItself() {
    KnownSecrets known =
        KnownSecrets.of(
            Map.of("REPOFLEET_ENCRYPTION_KEYS", "new:bmV3LW5ldy1uZXc=, old:b2xkLW9sZC1vbGQ="));
    assertThat(known.redact("b2xkLW9sZC1vbGQ= bmV3LW5ldy1uZXc=")).isEqualTo("*** ***");
  }

  @Test
  void theKeyOfACertificateForTemporalIsASecret() {
    String key = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\n-----END PRIVATE KEY-----\n";
    assertThat(KnownSecrets.of(Map.of("TEMPORAL_TLS_CLIENT_KEY_DATA", key)).redact(key))
        .doesNotContain("MC4CAQAwBQYDK2Vw");
    assertThat(KnownSecrets.isTheFleetsOwn("TEMPORAL_TLS_CLIENT_KEY_DATA")).isTrue();
  }
}
