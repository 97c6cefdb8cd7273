package dev.repofleet.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.starter.testing.GuardedFront;
import dev.repofleet.starter.testing.TestAuthority;
import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.client.TemporalConnection;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What is said to whom Temporal does not let in, or who can't come in by what is set. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TemporalLoginTest {
  private static final String CERTIFICATE = "TEMPORAL_TLS_CLIENT_CERT_PATH";
  private static final String KEY = "TEMPORAL_TLS_CLIENT_KEY_PATH";
  private static final String AUTHORITY = "TEMPORAL_TLS_SERVER_CA_CERT_PATH";
  private static final String NAME = "TEMPORAL_TLS_SERVER_NAME";
  private static final String SERVER = "temporal.test";
  private static final String SECRET = "tsk-0123456789";

  private final Path folder;
  private final TestAuthority ours;
  private final TestAuthority other;
  private final TestAuthority.Identity client;
  private final GuardedFront plain = GuardedFront.plain(0);
  private final GuardedFront tls;
  private final GuardedFront mutual;
  private final GuardedFront outOfDate;

  TemporalLoginTest(@TempDir Path folder) {
    this.folder = folder;
    ours = new TestAuthority(folder, "ours");
    other = new TestAuthority(folder, "other");
    client = ours.issue("client.test");
    tls = GuardedFront.tls(ours.issue(SERVER), 0);
    mutual = GuardedFront.mutualTls(ours.issue(SERVER), ours, 0);
    outOfDate = GuardedFront.tls(ours.issueExpired(SERVER), 0);
  }

  @AfterAll
  void close() {
    plain.close();
    tls.close();
    mutual.close();
    outOfDate.close();
  }

  private TestProgram program(String address) {
    return new TestProgram(folder)
        .with("TEMPORAL_ADDRESS", address)
        .with("TEMPORAL_CONFIG_FILE", "/dev/null/none");
  }

  /** Who trusts the server. */
  private TestProgram trusting(String address) {
    return program(address).with(AUTHORITY, ours.certificate().toString()).with(NAME, SERVER);
  }

  private static TestProgram as(TestAuthority.Identity identity, TestProgram program) {
    return program
        .with(CERTIFICATE, identity.certificate().toString())
        .with(KEY, identity.key().toString());
  }

  private static void refused(TestProgram program, String... sentences) {
    TestProgram.Outcome outcome = program.run("list");
    assertThat(outcome.err()).contains(sentences).doesNotContain(SECRET, "repofleet up");
    assertThat(outcome.err().lines()).hasSize(1);
    assertThat(outcome.exit()).isEqualTo(5);
  }

  @Test
  void a_client_with_what_is_asked_for_is_let_in() {
    for (TestProgram program :
        new TestProgram[] {
          as(client, trusting(mutual.address())),
          trusting(tls.address()).with("TEMPORAL_API_KEY", " " + SECRET + "\n"),
          program(plain.address()).with("TEMPORAL_TLS", "").with(CERTIFICATE, " "),
          as(client, program(plain.address())).with("TEMPORAL_TLS", "False")
        }) {
      TestProgram.Outcome outcome = program.run("list");
      assertThat(outcome.exit()).as(outcome.err()).isZero();
    }
  }

  @Test
  void a_client_without_a_certificate_is_told_that_one_is_asked_for() {
    refused(
        trusting(mutual.address()),
        "Temporal at " + mutual.address() + " asks for a client certificate (certificate_required)",
        "set " + CERTIFICATE + " and " + KEY);
  }

  @Test
  void a_certificate_that_is_of_another_authority_or_out_of_date_is_told() {
    refused(
        as(other.issue("client.test"), trusting(mutual.address())),
        "does not accept the client's certificate",
        CERTIFICATE);
    refused(
        as(ours.issueExpired("client.test"), trusting(mutual.address())),
        "does not accept the client's certificate (",
        "that is valid");
  }

  @Test
  void a_server_whose_certificate_can_not_be_trusted_is_told_with_what_would_help() {
    refused(
        program(tls.address()).with("TEMPORAL_TLS", "true"),
        "has a certificate of an authority that is not trusted here",
        "let " + AUTHORITY + " name the file");
    refused(
        trusting(tls.address()).with(NAME, "elsewhere.test"),
        "has a certificate for another name (" + SERVER + ")",
        "set " + NAME);
    refused(
        program(tls.address()).with(AUTHORITY, ours.certificate().toString()),
        "has a certificate for another name",
        NAME);
    refused(trusting(outOfDate.address()), "has a certificate that is not valid at this time");
  }

  @Test
  void tls_on_one_side_alone_is_told() {
    refused(
        program(tls.address()),
        "Temporal at " + tls.address() + " ends the connection without a word",
        "set TEMPORAL_TLS=true");
    refused(
        program(plain.address()).with("TEMPORAL_TLS", "true"),
        "Temporal at " + plain.address() + " does not speak TLS",
        "take TEMPORAL_TLS and TEMPORAL_TLS_* away");
  }

  @Test
  void an_api_key_never_goes_to_a_server_without_tls() {
    for (String asked : new String[] {"", "false"}) {
      refused(
          program(plain.address()).with("TEMPORAL_API_KEY", SECRET).with("TEMPORAL_TLS", asked),
          "does not speak TLS, and an API key is sent by TLS alone");
    }
  }

  @Test
  void an_api_key_that_is_wrong_or_missing_is_told() {
    try (GuardedFront front = GuardedFront.tls(ours.issue(SERVER), 0)) {
      front.requireKey("another");
      refused(
          trusting(front.address()).with("TEMPORAL_API_KEY", SECRET),
          "refuses the login by API key for namespace default (UNAUTHENTICATED)",
          "set TEMPORAL_API_KEY to a key that is valid there");
      refused(
          trusting(front.address()),
          "asks for a login for namespace default",
          "set TEMPORAL_API_KEY, or " + CERTIFICATE);
      refused(as(client, trusting(front.address())), "refuses the login by client certificate");
    }
    refused(
        trusting(tls.address()).with("TEMPORAL_API_KEY", SECRET + " " + SECRET),
        "TEMPORAL_API_KEY has blanks");
  }

  @Test
  void files_that_do_not_hold_what_they_should_are_named() throws IOException {
    Path letter = Files.writeString(folder.resolve("letter.txt"), "Dear Sir or Madam,\n");
    Path locked =
        Files.writeString(
            folder.resolve("locked.key"), "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII\n");
    Path torn = Files.writeString(folder.resolve("torn.key"), "-----BEGIN PRIVATE KEY-----\nMII\n");
    String absent = folder.resolve("absent.pem").toString();
    TestProgram missing = trusting(mutual.address()).with(CERTIFICATE, absent).with(KEY, absent);
    refused(missing, CERTIFICATE + " names " + absent + ", which can't be read (NoSuchFile");
    refused(
        as(client, trusting(mutual.address())).with(CERTIFICATE, letter.toString()),
        CERTIFICATE + " names " + letter + ", in which is no certificate in PEM form");
    refused(
        as(client, trusting(mutual.address())).with(KEY, letter.toString()),
        KEY + " names " + letter + ", in which is no private key in PEM form");
    refused(
        as(client, trusting(mutual.address())).with(AUTHORITY, folder.toString()),
        AUTHORITY + " names " + folder + ", which can't be read");
    refused(
        as(client, trusting(mutual.address())).with(KEY, locked.toString()),
        KEY + " names " + locked + ", a key with a password");
    refused(
        as(client, trusting(mutual.address())).with(KEY, torn.toString()),
        "the connection to Temporal can't be set up",
        "TEMPORAL_TLS_*");
  }

  @Test
  void half_a_certificate_and_two_halves_of_different_ones_are_told() {
    refused(
        trusting(mutual.address()).with(CERTIFICATE, client.certificate().toString()),
        "there is a client certificate, and no key to it: set " + KEY);
    refused(
        trusting(mutual.address()).with(KEY, client.key().toString()),
        "there is the key of a client certificate, and no certificate: set " + CERTIFICATE);
    refused(
        as(client, trusting(mutual.address()))
            .with(KEY, ours.issue("client.test").key().toString()),
        "the client's certificate and key do not belong together");
  }

  @Test
  void a_switch_is_true_or_false() {
    refused(
        program(plain.address()).with("TEMPORAL_TLS", "yes"),
        "TEMPORAL_TLS is 'yes': write true or false");
  }

  @Test
  void what_is_wrong_in_a_profile_is_named_as_it_is_called_there() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("temporal.toml"),
            """
            [profile.cloud]
            address = "%s"
            api_key = "%s"
            [profile.cloud.tls]
            server_ca_cert_path = "/nowhere/authority.pem"
            """
                .formatted(tls.address(), SECRET));
    TestProgram program =
        program("").with("TEMPORAL_CONFIG_FILE", file.toString()).with("TEMPORAL_PROFILE", "cloud");
    refused(program, AUTHORITY + " (server_ca_cert_path of the profile) names /nowhere/");
    Files.writeString(file, "api_key = \"" + SECRET + "\n");
    refused(program, "check TEMPORAL_CONFIG_FILE and TEMPORAL_PROFILE");
  }

  @Test
  void a_part_that_stays_waits_for_its_server_and_not_for_one_that_refuses_it()
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    CompletableFuture<TemporalConnection> connecting =
        CompletableFuture.supplyAsync(
            () ->
                TemporalConnection.open(
                    Map.of(
                        "TEMPORAL_ADDRESS",
                        "127.0.0.1:" + port,
                        "TEMPORAL_CONFIG_FILE",
                        "/dev/null/none"),
                    UnaryOperator.identity(),
                    Waiting.LONG));
    try (GuardedFront late = GuardedFront.plain(port)) {
      TemporalConnection connection = connecting.get(Waiting.LONG.toSeconds(), TimeUnit.SECONDS);
      assertThat(connection.address()).isEqualTo(late.address());
      connection.close();
    }
    refused(program(tls.address()), "ends the connection");
  }
}
