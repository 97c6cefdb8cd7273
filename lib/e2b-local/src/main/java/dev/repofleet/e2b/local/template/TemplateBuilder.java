package dev.repofleet.e2b.local.template;

import dev.repofleet.e2b.local.machine.SandboxMachine;
import dev.repofleet.e2b.local.sandbox.SandboxMachines;
import dev.repofleet.e2b.local.sandbox.TemplateImage;
import dev.repofleet.e2b.local.wire.Ids;
import dev.repofleet.e2b.local.wire.Redaction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds templates: the steps run, one after the other, in a sandbox of their own, whose files are
 * kept. Thread-safe.
 *
 * <p>No image is pulled: every build starts on this machine's own programs, with {@code /usr}
 * read-only, so that a step which installs system packages fails, and says so in the log.
 */
public final class TemplateBuilder {
  private static final Logger log = LoggerFactory.getLogger(TemplateBuilder.class);

  private final TemplateStore store;
  private final SandboxMachines machines;
  private final Executor workers;
  private final Map<String, Set<String>> tags = new ConcurrentHashMap<>();

  public TemplateBuilder(TemplateStore store, SandboxMachines machines, Executor workers) {
    this.store = store;
    this.machines = machines;
    this.workers = workers;
  }

  /** Keeps the tags that a build gets once it is ready. */
  public void remember(TemplateBuild build, Set<String> wanted) {
    tags.put(build.id(), Set.copyOf(wanted));
  }

  /** Runs a build that has begun; returns at once. */
  public void start(
      Template template, TemplateBuild build, BuildRequest request, TemplateImage from) {
    workers.execute(
        () -> {
          try {
            run(template, build, request, from);
            store.save(template);
          } catch (IOException | RuntimeException failed) {
            log.warn("the build {} of {} failed: {}", build.id(), template.name(), failed + "");
            build.fail(String.valueOf(failed.getMessage()), "");
          } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            build.fail("the server is shutting down", "");
          }
        });
  }

  private void run(Template template, TemplateBuild build, BuildRequest request, TemplateImage from)
      throws IOException, InterruptedException {
    if (!request.fromImage().isEmpty()) {
      build.say(
          "warn",
          "the image %s is not pulled: a local server builds on its machine's own programs"
              .formatted(Redaction.printable(request.fromImage())),
          "base");
    }
    // Its directory is one of a sandbox that nobody knows: what is left of it is cleared like one.
    String id = Ids.random("b");
    Map<String, String> variables = new LinkedHashMap<>(from.variables());
    SandboxMachine machine = machines.make(id, from, variables);
    try {
      machine.start();
      BuildSteps steps = new BuildSteps(machine, build, from, hash -> store.upload(template, hash));
      if (steps.run(request)) {
        machine.freeze();
        Path tree = store.files(template, build.id());
        machine.copyFiles(tree);
        build.say("info", "the build is ready", "finalize");
        // Only then: whoever sees it ready may create a sandbox at once.
        Set<String> wanted = tags.remove(build.id());
        build.ready(steps.image(template.id(), template.name(), tree, request.startCommand()));
        (wanted == null ? Set.of(Template.DEFAULT_TAG) : wanted)
            .forEach(tag -> template.tag(tag, build.id()));
      }
    } finally {
      machine.destroy();
      machines.discard(id);
    }
  }
}
