package dev.repofleet.starter.plan;

import dev.repofleet.artifacts.plan.SecretVariables;
import dev.repofleet.e2b.TemplateSpec;
import dev.repofleet.starter.command.Amounts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Reads the file of a template: the tools, CPU and memory of the sandboxes that plans name by
 * {@code template}. YAML, or JSON when the name ends so. Steps come in the order of {@link #KEYS},
 * whatever the order in the file.
 */
public final class TemplateFile {
  static final List<String> KEYS =
      List.of(
          "name",
          "tags",
          "fromTemplate",
          "fromImage",
          "cpuCount",
          "memory",
          "environment",
          "apt",
          "npm",
          "pip",
          "mcp",
          "runAsRoot",
          "workdir",
          "user",
          "run",
          "start",
          "ready");

  /** As E2B has it. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,127}");

  private static final String CLAUDE = "claude";
  private static final long MEBIBYTE = 1 << 20;

  private final PlanObject root;

  private TemplateFile(PlanObject root) {
    this.root = root;
  }

  /**
   * Reads a template.
   *
   * @param name of the file, from the folder on
   * @param withoutCache whether all steps run anew
   * @throws PlanException with exit code 2 and a sentence, when there is no such file or something
   *     in it is wrong
   */
  public static TemplateSpec read(Path folder, String name, boolean withoutCache) {
    Path file = folder.resolve(name);
    if (!Files.exists(file)) {
      throw new PlanException(
          "there is no file "
              + name
              + ": write one with at least `name: my-claude`, which is `claude` under a name of"
              + " your own, and what it needs besides");
    }
    PlanText text = PlanText.read(name, PlanText.Kind.TEMPLATE, PlanLoader.read(file, name));
    TemplateSpec.Builder builder = new TemplateFile(PlanObject.root(text)).template();
    return (withoutCache ? builder.withoutCache() : builder).build();
  }

  private TemplateSpec.Builder template() {
    root.allow(KEYS);
    TemplateSpec.Builder builder = begin();
    root.texts("tags").orElse(List.of()).forEach(builder::tag);
    root.count("cpuCount").ifPresent(count -> bounded("cpuCount", count, builder::cpuCount));
    root.scalar("memory", TemplateFile::mebibytes)
        .ifPresent(size -> bounded("memory", size, builder::memoryMb));
    builder.env(environment());
    packages("apt", builder::aptInstall);
    packages("npm", builder::npmInstall);
    packages("pip", builder::pipInstall);
    packages("mcp", builder::mcpServers);
    root.list("runAsRoot")
        .orElse(List.of())
        .forEach(command -> bounded("runAsRoot", command, line -> builder.runAs("root", line)));
    root.text("workdir").ifPresent(builder::workdir);
    root.text("user").ifPresent(builder::user);
    root.list("run").orElse(List.of()).forEach(command -> bounded("run", command, builder::run));
    commands(builder);
    return builder;
  }

  private TemplateSpec.Builder begin() {
    String name =
        root.text("name")
            .orElseThrow(() -> root.error("a template needs its 'name', as in `name: my-claude`"));
    if (!NAME.matcher(name).matches()) {
      throw root.error(
          "name", "'name' must be lower-case letters, digits, '-' and '_', 128 at the most");
    }
    Optional<String> template = root.text("fromTemplate");
    Optional<String> image = root.text("fromImage");
    if (template.isPresent() && image.isPresent()) {
      throw root.error("fromImage", "'fromTemplate' and 'fromImage' are both there; keep one");
    }
    if (name.equals(template.orElse(CLAUDE)) && image.isEmpty()) {
      throw root.error("name", "'" + name + "' can't be built from itself; choose another name");
    }
    return image
        .map(from -> TemplateSpec.fromImage(name, from))
        .orElseGet(() -> TemplateSpec.fromTemplate(name, template.orElse(CLAUDE)));
  }

  private static Integer mebibytes(String size) {
    long bytes = Amounts.size(size);
    if (bytes % MEBIBYTE != 0 || bytes / MEBIBYTE > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "\"" + size + "\" is no whole number of MiB; write 2048MiB or 2GiB");
    }
    return (int) (bytes / MEBIBYTE);
  }

  /** An image keeps them for all who use it. */
  private Map<String, String> environment() {
    Map<String, String> environment = root.names("environment").orElse(Map.of());
    PlanObject object = root.object("environment").orElse(root);
    for (String name : environment.keySet()) {
      if (!PlanReader.VARIABLE.matcher(name).matches()) {
        throw object.error(name, "'" + name + "' can't be the name of a variable");
      }
      if (SecretVariables.all().containsKey(name)) {
        throw object.error(
            name,
            "'"
                + name
                + "' is a secret, and everybody who uses a template can read it; set it for the"
                + " workers");
      }
    }
    return environment;
  }

  private void commands(TemplateSpec.Builder builder) {
    Optional<String> start = root.text("start");
    Optional<String> ready = root.text("ready");
    if (start.isPresent() && ready.isEmpty()) {
      throw root.error(
          "start",
          "'start' needs 'ready', a command that succeeds once it runs, as in `ready: sleep 5`");
    }
    if (start.isPresent()) {
      builder.start(start.get(), ready.orElseThrow());
    } else {
      ready.ifPresent(builder::ready);
    }
  }

  private void packages(String key, Consumer<String[]> install) {
    List<String> names = root.texts(key).orElse(List.of());
    if (!names.isEmpty()) {
      bounded(key, names.toArray(String[]::new), install);
    }
  }

  private <T> void bounded(String key, T value, Consumer<T> set) {
    try {
      set.accept(value);
    } catch (IllegalArgumentException e) {
      throw root.error(key, "'" + key + "': " + e.getMessage());
    }
  }
}
