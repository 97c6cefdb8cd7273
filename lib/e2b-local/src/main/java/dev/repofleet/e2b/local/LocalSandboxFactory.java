package dev.repofleet.e2b.local;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Makes sandboxes of the two templates there are. Thread-safe. */
final class LocalSandboxFactory implements SandboxFactory {
  private static final String CLAUDE = "claude";
  private static final Set<String> TEMPLATES = Set.of(CLAUDE, "base");

  private final Map<String, String> environment;
  private final SandboxMachines machines;
  private final Secrets secrets;
  private final InstantSource clock;

  /**
   * @param environment what every command in every sandbox gets
   */
  LocalSandboxFactory(
      Map<String, String> environment,
      SandboxMachines machines,
      Secrets secrets,
      InstantSource clock) {
    this.environment = environment;
    this.machines = machines;
    this.secrets = secrets;
    this.clock = clock;
  }

  @Override
  public Sandbox create(String id, NewSandbox request) {
    String template = request.template();
    String name =
        template.endsWith(":default") ? template.substring(0, template.length() - 8) : template;
    if (!TEMPLATES.contains(name)) {
      throw ApiException.of(
          404,
          "template '%s' not found; this local server has claude and base"
              .formatted(Redaction.printable(template)));
    }
    Map<String, String> global = new LinkedHashMap<>(environment);
    global.put("E2B_SANDBOX", "true");
    global.put("E2B_SANDBOX_ID", id);
    global.put("E2B_TEMPLATE_ID", name);
    global.putAll(request.variables());
    SandboxMachine machine = machines.make(id, name.equals(CLAUDE), global);
    return new Sandbox(id, request, secrets.accessToken(id), machine, clock);
  }

  @Override
  public void discard(Sandbox sandbox) {
    machines.discard(sandbox.id());
  }
}
