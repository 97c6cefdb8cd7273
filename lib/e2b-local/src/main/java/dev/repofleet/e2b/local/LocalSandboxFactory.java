package dev.repofleet.e2b.local;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Makes sandboxes of the two templates there are. Thread-safe. */
final class LocalSandboxFactory implements SandboxFactory {
  private static final String CLAUDE = "claude";
  private static final Set<String> TEMPLATES = Set.of(CLAUDE, "base");

  private final LocalSandboxOptions options;
  private final DataDirectory directory;
  private final Secrets secrets;
  private final SandboxLauncher launcher;
  private final Executor workers;
  private final InstantSource clock;
  private final Toolchain toolchain;
  private final Optional<ClaudeInstall> claude;
  private final @Nullable HostPrograms programs;

  LocalSandboxFactory(
      LocalSandboxOptions options,
      DataDirectory directory,
      Secrets secrets,
      SandboxLauncher launcher,
      Executor workers,
      InstantSource clock) {
    this.options = options;
    this.directory = directory;
    this.secrets = secrets;
    this.launcher = launcher;
    this.workers = workers;
    this.clock = clock;
    boolean isolated = options.isolation().isolated();
    this.toolchain = isolated ? Toolchain.find(options.hostEnvironment()) : Toolchain.none();
    this.claude = ClaudeInstall.find(options.hostEnvironment());
    this.programs = isolated ? HostPrograms.find() : null;
  }

  @Override
  public Sandbox create(String id, NewSandbox request, Instant now) {
    String template = request.template();
    String name =
        template.endsWith(":default") ? template.substring(0, template.length() - 8) : template;
    if (!TEMPLATES.contains(name)) {
      throw ApiException.of(
          404,
          "template '%s' not found; this local server has claude and base"
              .formatted(Redaction.printable(template)));
    }
    SandboxRuntime runtime = runtime(id, name.equals(CLAUDE));
    Map<String, String> global = new LinkedHashMap<>(options.environment());
    global.put("E2B_SANDBOX", "true");
    global.put("E2B_SANDBOX_ID", id);
    global.put("E2B_TEMPLATE_ID", name);
    global.putAll(request.variables());
    if (!options.isolation().isolated()) {
      global.put(PlainRuntime.MARK, runtime.toReal("/").replaceAll("/$", ""));
    }
    CommandEnvironment environment = new CommandEnvironment(runtime, path(), global);
    ProcessTable processes = new ProcessTable(runtime, environment, workers, clock);
    return new Sandbox(id, request, secrets.accessToken(id), runtime, processes, now);
  }

  @Override
  public void discard(Sandbox sandbox) {
    directory.discard(sandbox.id());
  }

  private SandboxRuntime runtime(String id, boolean withClaude) {
    Path base = directory.of(id);
    HostPrograms found = programs;
    if (found == null) {
      return new PlainRuntime(base);
    }
    var extra = new ArrayList<>(options.toolMounts());
    Map<String, String> links = new LinkedHashMap<>();
    if (withClaude && claude.isPresent()) {
      extra.add(claude.get().mount());
      links.put("claude", claude.get().inside());
    }
    boolean twoUsers = options.isolation().kind() == Isolation.Kind.BUBBLEWRAP_TWO_USERS;
    return new BubblewrapRuntime(
        base, new BubblewrapArguments(twoUsers, id, toolchain, extra, links), launcher, found);
  }

  /** Without isolation the host's own PATH: its tools are where they are. */
  private String path() {
    return options.isolation().isolated()
        ? toolchain.pathVariable()
        : options.hostEnvironment().getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
  }
}
