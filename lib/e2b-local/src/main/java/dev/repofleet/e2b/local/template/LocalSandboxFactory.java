package dev.repofleet.e2b.local.template;

import dev.repofleet.e2b.local.machine.SandboxMachine;
import dev.repofleet.e2b.local.sandbox.NewSandbox;
import dev.repofleet.e2b.local.sandbox.Sandbox;
import dev.repofleet.e2b.local.sandbox.SandboxDescription;
import dev.repofleet.e2b.local.sandbox.SandboxFactory;
import dev.repofleet.e2b.local.sandbox.SandboxMachines;
import dev.repofleet.e2b.local.sandbox.Secrets;
import dev.repofleet.e2b.local.sandbox.TemplateImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes sandboxes of this server's templates. Thread-safe. */
public final class LocalSandboxFactory implements SandboxFactory {
  private static final Logger log = LoggerFactory.getLogger(LocalSandboxFactory.class);

  private final Map<String, String> environment;
  private final TemplateStore templates;
  private final SandboxMachines machines;
  private final Secrets secrets;
  private final InstantSource clock;

  /**
   * @param environment what every command in every sandbox gets
   */
  public LocalSandboxFactory(
      Map<String, String> environment,
      TemplateStore templates,
      SandboxMachines machines,
      Secrets secrets,
      InstantSource clock) {
    this.environment = environment;
    this.templates = templates;
    this.machines = machines;
    this.secrets = secrets;
    this.clock = clock;
  }

  @Override
  public Sandbox create(String id, NewSandbox request) {
    return sandbox(id, request, templates.image(request.template()));
  }

  @Override
  public Sandbox restore(SandboxDescription found) {
    return sandbox(found.id(), found.request(), found.image());
  }

  private Sandbox sandbox(String id, NewSandbox request, TemplateImage image) {
    Map<String, String> global = new LinkedHashMap<>(environment);
    global.put("E2B_SANDBOX", "true");
    global.put("E2B_SANDBOX_ID", id);
    global.put("E2B_TEMPLATE_ID", image.templateId());
    global.putAll(image.variables());
    global.putAll(request.variables());
    SandboxMachine machine = machines.make(id, image, global);
    return new Sandbox(id, request, image, secrets.tokens(id), global, machine, clock);
  }

  @Override
  public boolean keep(Sandbox sandbox) {
    Path folder = machines.folder(sandbox.id()).orElse(null);
    if (folder == null) {
      return false;
    }
    try {
      SandboxDescription.of(sandbox).write(folder);
      return true;
    } catch (IOException failed) {
      log.warn("sandbox {} will not outlive this server: {}", sandbox.id(), failed.toString());
      return false;
    }
  }

  @Override
  public boolean isKept(Sandbox sandbox) {
    return machines.folder(sandbox.id()).flatMap(SandboxDescription::read).isPresent();
  }

  @Override
  public void forget(Sandbox sandbox) {
    machines.folder(sandbox.id()).ifPresent(SandboxDescription::delete);
  }

  @Override
  public void discard(Sandbox sandbox) {
    machines.discard(sandbox.id());
  }
}
