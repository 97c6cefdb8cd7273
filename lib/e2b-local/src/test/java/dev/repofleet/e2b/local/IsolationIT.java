package dev.repofleet.e2b.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.e2b.local.host.Isolation;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IsolationIT {
  @TempDir static Path data;
  @TempDir static Path host;
  private static TestServer server;
  private static WireClient client;
  private static WireClient.Box box;

  @BeforeAll
  static void startServer() throws Exception {
    Files.writeString(host.resolve("secret"), "host secret");
    server = TestServer.isolated(data, builder -> {});
    client = server.client();
    box = client.create();
  }

  @AfterAll
  static void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  /** As linux/capability.h counts it. */
  private static final long SYS_ADMIN = 1L << 21;

  private static boolean twoUsers() {
    return server.server().isolation().kind() == Isolation.Kind.BUBBLEWRAP_TWO_USERS;
  }

  @ParameterizedTest
  @ValueSource(strings = {"user", "root"})
  void neitherLinksNorParentStepsNorProcLeadToTheHost(String user) {
    String secret = host.resolve("secret").toString();
    String home = user.equals("root") ? "/root" : "/home/user";
    client.run(box, user, "ln -sfn / ~/slash; ln -sfn " + secret + " ~/link");
    for (String path :
        new String[] {
          secret,
          home + "/link",
          home + "/slash" + secret,
          "/../../../.." + secret,
          "../../../../.." + secret,
          "/proc/self/root" + secret,
          "/proc/1/root" + secret,
          "/proc/self/cwd" + secret
        }) {
      WireClient.Answer answer = client.read(box, user, path);
      assertThat(answer.status()).as(path).isIn(400, 403, 404);
      assertThat(client.run(box, user, "cat '" + path + "'").out()).as(path).isEmpty();
    }
    client.write(box, user, home + "/link", "planted");
    assertThat(host.resolve("secret")).hasContent("host secret");
  }

  @Test
  void theHostsProcessesAccountsHomesAndVariablesAreNotThere() {
    String processes = client.run(box, "root", "ps -eo args").out();
    assertThat(processes).doesNotContain("java").doesNotContain(data.toString());
    assertThat(client.run(box, "root", "cut -d: -f1 /etc/passwd").out()).isEqualTo("root\nuser\n");
    assertThat(client.run(box, "root", "ls /home").out()).isEqualTo("user\n");
    assertThat(client.run(box, "root", "cat /proc/1/environ").out()).doesNotContain("JAVA", "M2_");
    assertThat(client.run(box, "user", "env").out()).doesNotContain("JAVA_HOME", "SSH_AUTH");
    assertThat(client.run(box, "root", "cat /etc/shadow /etc/ssl/private/*").out()).isEmpty();
    assertThat(client.run(box, "root", "touch /usr/planted").exitCode()).isNotZero();
  }

  @Test
  void nothingInsideHasMoreRightsThanAContainersRoot() {
    TestServer.requireTool(twoUsers(), "two users (root starts the tests)");
    String said = client.run(box, "root", "grep -h CapEff /proc/[0-9]*/status").out();
    assertThat(said.lines())
        .hasSizeGreaterThan(2)
        .allMatch(
            line ->
                (Long.parseLong(line.substring("CapEff:".length()).strip(), 16) & SYS_ADMIN) == 0);
  }

  @Test
  void oneWhoseFirstProcessWasKilledIsGoneWhenItsTimeIsOver() {
    TestServer.requireTool(twoUsers(), "two users (root starts the tests)");
    WireClient.Box killed =
        client.create("{\"templateID\":\"base\",\"timeout\":10,\"autoPause\":true}");
    client.run(killed, "root", "kill -9 -1");
    Awaiting.until(
        "it is gone", () -> client.api("GET", "/sandboxes/" + killed.id(), null).status() == 404);
  }

  @Test
  void sandboxesSeeNothingOfEachOther() {
    WireClient.Box other = client.create();
    client.run(
        other, "user", "echo x > /tmp/mine; echo y > ~/mine; setsid -f sleep 7654 >&/dev/null");
    assertThat(client.run(box, "root", "ls /tmp/mine /home/user/mine").out()).isEmpty();
    assertThat(client.run(box, "root", "ps -eo args").out()).doesNotContain("7654");
    assertThat(client.run(box, "user", "hostname").out())
        .isNotEqualTo(client.run(other, "user", "hostname").out());
    client.kill(other);
  }

  @Test
  void theUserCannotReadWriteOrSignalWhatIsRoots() {
    TestServer.requireTool(twoUsers(), "two users (root starts the tests)");
    client.write(box, "root", "/var/lib/repofleet/fence", "token");
    client.run(
        box, "root", "echo k > /root/key; chmod 600 /root/key; setsid -f sleep 7655 >&/dev/null");
    for (String path : new String[] {"/var/lib/repofleet/fence", "/root/key"}) {
      assertThat(client.read(box, "user", path).status()).as(path).isIn(403, 404);
      assertThat(client.run(box, "user", "cat " + path).out()).isEmpty();
      assertThat(client.run(box, "user", "cat /proc/1/root" + path).out()).isEmpty();
      assertThat(client.write(box, "user", path, "forged").status()).isIn(403, 404);
    }
    assertThat(client.read(box, "root", "/var/lib/repofleet/fence").body()).isEqualTo("token");
    assertThat(client.run(box, "user", "pkill -f 7655; kill -9 1; kill -9 2").exitCode())
        .isNotZero();
    assertThat(client.run(box, "root", "pgrep -xf 'sleep 7655'").exitCode()).isZero();
    assertThat(client.run(box, "user", "grep CapBnd /proc/self/status").out())
        .contains("0000000000000000");
    assertThat(client.run(box, "root", "mount -t tmpfs x /tmp").exitCode()).isNotZero();
    assertThat(client.run(box, "root", "setpriv --reuid 1000 --clear-groups id -u").out())
        .isEqualTo("1000\n");
  }
}
