package dev.repofleet.starter.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.FleetSearchAttributes;
import dev.repofleet.workflows.client.TemporalConnection;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real dev server, as installed on the machine that runs the tests. */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
final class TemporalDevServerIT {
  private static Path program = Path.of("");

  @TempDir Path folder;

  @BeforeAll
  static void install() {
    program = locate();
  }

  private static Path locate() {
    return TemporalBinary.forThisMachine(
            Path.of(System.getProperty("user.home")), System.err::println)
        .locate(System.getenv());
  }

  private static TemporalDevServerOptions options(Path program, Path folder, int port) {
    return new TemporalDevServerOptions(
        program,
        folder.resolve("temporal.db"),
        folder.resolve("temporal.log"),
        port,
        0,
        TemporalDevServerOptions.DEFAULT_START_TIMEOUT,
        System.getenv(),
        null);
  }

  @Test
  void answersWithAllSearchAttributesAndAnInterfaceAndIsGoneAfterwards() throws IOException {
    TemporalDevServer server = TemporalDevServer.start(options(program, folder, 0));
    int port = port(server.address());
    try (server) {
      assertThat(new SearchAttributeSetup(server.connection()).run()).isEmpty();
      HttpURLConnection page = (HttpURLConnection) server.ui().toURL().openConnection();
      assertThat(page.getResponseCode()).isEqualTo(200);
    }
    assertThat(server.ended()).isCompleted();
    assertThat(LoopbackPorts.preferring(port)).isEqualTo(port);
  }

  @Test
  void setUpAddsWhatIsMissingOnceAndOnlyOnce() throws IOException {
    int port = LoopbackPorts.free();
    List<String> bare =
        List.of(
            program.toString(),
            "server",
            "start-dev",
            "--headless",
            "--ip",
            "127.0.0.1",
            "--port",
            Integer.toString(port),
            "--log-level",
            "error");
    try (WatchedProcess server =
            WatchedProcess.start("bare", bare, System.getenv(), folder.resolve("log"));
        TemporalConnection connection = connect(port)) {
      assertThat(server.isAlive()).isTrue();
      SearchAttributeSetup setup = new SearchAttributeSetup(connection);

      assertThat(setup.run()).hasSize(FleetSearchAttributes.ALL.size());
      Waiting.until("the attributes", Waiting.LONG, () -> setup.run().isEmpty());
    }
  }

  private static TemporalConnection connect(int port) {
    Waiting.until("the server's start", Waiting.LONG, () -> listens(port));
    return TemporalConnection.open(TemporalDevServer.environmentFor("127.0.0.1:" + port, Map.of()));
  }

  /** Asked by a connection: who binds the port to see whether it is taken, takes it. */
  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(LoopbackPorts.address(port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void keepsItsStateInTheFileGiven() {
    try (TemporalDevServer first = TemporalDevServer.start(options(program, folder, 0))) {
      assertThat(first.pid()).isPositive();
    }
    try (TemporalDevServer second = TemporalDevServer.start(options(program, folder, 0))) {
      assertThat(folder.resolve("temporal.db")).exists();
      assertThat(second.connection().namespace()).isEqualTo("default");
    }
  }

  @Test
  void aBusyPortIsNamedTogetherWithTheFlagThatChangesIt() throws IOException {
    try (ServerSocket busy = new ServerSocket()) {
      busy.bind(LoopbackPorts.address(0));
      assertThatThrownBy(
              () -> TemporalDevServer.start(options(program, folder, busy.getLocalPort())))
          .isInstanceOfSatisfying(
              CommandException.class, e -> assertThat(e.getExitCode()).isEqualTo(2))
          .hasMessageContaining(Integer.toString(busy.getLocalPort()))
          .hasMessageContaining("--port");
    }
  }

  @Test
  void whatTheServerSaidIsToldWhenItDoesNotStart() throws IOException {
    Files.writeString(folder.resolve("temporal.db"), "this is no database at all, not by far");

    assertThatThrownBy(() -> TemporalDevServer.start(options(program, folder, 0)))
        .isInstanceOfSatisfying(
            CommandException.class, e -> assertThat(e.getExitCode()).isEqualTo(5))
        .hasMessageContaining("not a database");
  }

  @Test
  void diesWithTheProcessThatStartedIt() throws Exception {
    assumeTrue(
        Executables.onPath("setpriv", System.getenv()).isPresent() || ciMustHaveSetpriv(),
        "no setpriv (util-linux) here");
    Process launcher =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Launcher.class.getName(),
                program.toString(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader said = launcher.inputReader(StandardCharsets.UTF_8)) {
      int port = port(String.valueOf(said.readLine()));
      assertThat(LoopbackPorts.preferring(port)).isZero();

      launcher.destroyForcibly().waitFor();

      Waiting.until("the server's end", Waiting.LONG, () -> LoopbackPorts.preferring(port) == port);
    } finally {
      launcher.destroyForcibly();
    }
  }

  private static boolean ciMustHaveSetpriv() {
    return "true".equals(System.getenv("CI"));
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.indexOf(':') + 1));
  }

  /** A process of its own that starts a server, says its address and waits to be killed. */
  static final class Launcher {
    private Launcher() {}

    public static void main(String[] arguments) {
      TemporalDevServer server =
          TemporalDevServer.start(options(Path.of(arguments[0]), Path.of(arguments[1]), 0));
      System.out.println(server.address());
      server.ended().join();
    }
  }
}
