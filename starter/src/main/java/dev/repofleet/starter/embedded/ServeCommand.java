package dev.repofleet.starter.embedded;

import dev.repofleet.artifacts.DataFolders;
import dev.repofleet.e2b.local.LocalSandboxOptions;
import dev.repofleet.e2b.local.LocalSandboxServer;
import dev.repofleet.e2b.local.host.Isolation;
import dev.repofleet.e2b.local.simulated.Simulation;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ShellLines;
import dev.repofleet.starter.command.Terminal;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sandboxes serve}: the local E2B-compatible server alone. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the local E2B-compatible server alone, on loopback, until Ctrl-C.",
      "Prints the export lines a client needs."
    },
    footer = {
      "",
      "Examples:",
      "  repofleet sandboxes serve",
      "  repofleet sandboxes serve --port 0 --quota 20 --create-rate 1"
    })
final class ServeCommand implements Callable<Integer> {
  /** What a server writes that holds nothing: its locks, and the names of sandboxes that ended. */
  private static final Set<String> OWN_FILES = Set.of("lock", "lost");

  private final CommandContext context;

  @Option(
      names = "--port",
      paramLabel = "P",
      defaultValue = "3000",
      description = "Port on loopback; 0 takes a free one. Default: ${DEFAULT-VALUE}")
  private int port;

  @Option(
      names = "--key",
      paramLabel = "K",
      description = "Key that clients must send. Default: a random one")
  private @Nullable String key;

  @Option(
      names = "--quota",
      paramLabel = "N",
      defaultValue = "20",
      description = "Sandboxes that may run at once. Default: ${DEFAULT-VALUE}")
  private int quota;

  @Option(
      names = "--create-rate",
      paramLabel = "N",
      description = "Sandboxes that may be created a second. Default: no limit")
  private @Nullable Double createRate;

  @Option(
      names = "--simulate",
      description =
          "Sandboxes in memory without processes, for load tests; nothing in them is real")
  private boolean simulate;

  @Spec private @Nullable CommandSpec spec;

  ServeCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Terminal terminal = Terminal.of(spec);
    LoopbackPorts.requireFree(port, "the sandboxes", "--port");
    StackLog.informing();
    StackParts parts = new StackParts();
    try {
      LocalSandboxServer server = start(parts);
      Runtime.getRuntime().addShutdownHook(new Thread(parts::close, "repofleet-shutdown"));
      ShellLines.exports(server.environment()).forEach(terminal.out()::println);
      terminal.out().flush();
      terminal.say("Sandboxes at " + server.uri() + ". " + server.isolation().reason());
      new CountDownLatch(1).await();
      return 0;
    } finally {
      parts.close();
    }
  }

  private LocalSandboxServer start(StackParts parts) throws IOException {
    Isolation isolation = simulate ? Isolation.plain() : Isolation.detect();
    if (!simulate && !isolation.isolated()) {
      throw CommandException.wrongUse(
          "local sandboxes need working bubblewrap. "
              + isolation.reason()
              + " On Debian: apt-get install bubblewrap");
    }
    for (int attempt = 1; ; attempt++) {
      try {
        return start(parts, isolation, LoopbackPorts.orFree(port));
      } catch (IOException e) {
        if (port != 0
            || attempt == LoopbackPorts.ATTEMPTS
            || !(e.getCause() instanceof BindException)) {
          throw e;
        }
      }
    }
  }

  /** Each port has a folder of its own, for a server removes what it finds in its folder. */
  private LocalSandboxServer start(StackParts parts, Isolation isolation, int chosen)
      throws IOException {
    var data = DataFolders.of(context.environment(), context.home()).data();
    var folder = data.resolve("serve-" + chosen);
    parts.add("the data folder's lock", DataFolderLock.take(folder));
    if (port == 0) {
      parts.add("the data folder", () -> removeUnlessUsed(folder));
    }
    LocalSandboxServer server = new LocalSandboxServer(options(folder, chosen, isolation));
    parts.add("the sandbox server", server);
    return server.start();
  }

  /**
   * The next start takes another port, and so another folder. One that holds a paused sandbox, a
   * template or a snapshot stays for {@code --port} with this one's number.
   */
  private static void removeUnlessUsed(Path folder) throws IOException {
    boolean used;
    try (Stream<Path> files = Files.walk(folder)) {
      used =
          files.anyMatch(
              file ->
                  !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)
                      && !OWN_FILES.contains(String.valueOf(file.getFileName())));
    }
    if (!used) {
      FileTrees.deleteQuietly(folder);
    }
  }

  private LocalSandboxOptions options(Path folder, int chosen, Isolation isolation) {
    try {
      LocalSandboxOptions.Builder builder =
          LocalSandboxOptions.builder(folder.resolve("sandboxes"))
              .isolation(isolation)
              .port(chosen)
              .quota(quota)
              .hostEnvironment(context.environment());
      if (key != null) {
        builder.apiKey(key);
      }
      if (createRate != null) {
        builder.createRate(createRate);
      }
      if (simulate) {
        builder.simulate(Simulation.standard());
      }
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw CommandException.wrongUse(String.valueOf(e.getMessage()));
    }
  }
}
