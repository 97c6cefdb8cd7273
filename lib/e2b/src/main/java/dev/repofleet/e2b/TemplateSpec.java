package dev.repofleet.e2b;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a template is built of: an image or another template, and steps that change it. Immutable;
 * {@link #toString()} shows the name and the number of steps.
 *
 * <p>Steps run in order, each on what the one before left, and are cached by E2B: a step that is as
 * in an earlier build is not run again, nor is what comes before it. Everything in them stays in
 * the image for all who use it: they are no place for secrets.
 */
public final class TemplateSpec {
  private static final int MAX_NAME = 128;
  private static final int MAX_CPUS = 32;
  private static final int MIN_MEMORY_MB = 128;
  private static final String ROOT = "root";

  /**
   * A step as E2B takes it: a type and its arguments.
   *
   * @param copy what files it needs; null if none
   */
  record Step(String type, List<String> arguments, boolean force, @Nullable TemplateCopy copy) {}

  private final Builder parts;
  private final List<Step> steps;
  private final List<String> tags;

  private TemplateSpec(Builder parts) {
    this.parts = parts.copy();
    this.steps = List.copyOf(parts.steps);
    this.tags = List.copyOf(parts.tags);
  }

  /**
   * A template on top of another, for example {@code claude}.
   *
   * @param name of the new one, at most 128 characters; building it again replaces its image
   */
  public static Builder fromTemplate(String name, String template) {
    return new Builder(name, template, null);
  }

  /** A template on top of a public image, for example {@code debian:13}. */
  public static Builder fromImage(String name, String image) {
    return new Builder(name, null, image);
  }

  /** The template's name. */
  public String name() {
    return parts.name;
  }

  TemplateWire.NewTemplate newTemplate() {
    return new TemplateWire.NewTemplate(parts.name, tags, parts.cpuCount, parts.memoryMb);
  }

  List<Step> steps() {
    return steps;
  }

  /**
   * @param hashes of the files of each step; null for one that needs none
   */
  TemplateWire.BuildRequest buildRequest(List<@Nullable String> hashes) {
    List<TemplateWire.BuildStep> wire = new ArrayList<>();
    for (int at = 0; at < steps.size(); at++) {
      Step step = steps.get(at);
      wire.add(
          new TemplateWire.BuildStep(
              step.type(), step.arguments(), hashes.get(at), step.force() ? Boolean.TRUE : null));
    }
    return new TemplateWire.BuildRequest(
        parts.image,
        parts.template,
        parts.registry,
        parts.force ? Boolean.TRUE : null,
        wire,
        parts.startCommand,
        parts.readyCommand);
  }

  @Override
  public String toString() {
    return "TemplateSpec[%s, from %s, %d steps]"
        .formatted(
            parts.name, Objects.requireNonNullElse(parts.template, parts.image), steps.size());
  }

  /** Collects a template; not thread-safe. */
  public static final class Builder {
    private final String name;
    private final @Nullable String template;
    private final @Nullable String image;
    private final List<Step> steps = new ArrayList<>();
    private final List<String> tags = new ArrayList<>();
    private TemplateWire.@Nullable Registry registry;
    private boolean force;
    private boolean forceNext;
    private @Nullable Integer cpuCount;
    private @Nullable Integer memoryMb;
    private @Nullable String startCommand;
    private @Nullable String readyCommand;

    private Builder(String name, @Nullable String template, @Nullable String image) {
      if (name.isBlank() || name.length() > MAX_NAME) {
        throw new IllegalArgumentException(
            "a template's name must have 1 to %d characters".formatted(MAX_NAME));
      }
      String base = template == null ? image : template;
      if (base == null || base.isBlank()) {
        throw new IllegalArgumentException("a template needs an image or a template to begin with");
      }
      this.name = name;
      this.template = template;
      this.image = image;
    }

    private Builder copy() {
      Builder copy = new Builder(name, template, image);
      copy.registry = registry;
      copy.force = force;
      copy.cpuCount = cpuCount;
      copy.memoryMb = memoryMb;
      copy.startCommand = startCommand;
      copy.readyCommand = readyCommand;
      return copy;
    }

    /** Who may pull the image, where it is not public. */
    public Builder registry(String username, String password) {
      this.registry = new TemplateWire.Registry("registry", username, password);
      return this;
    }

    /** Adds a tag, by which {@code name:tag} means this build. */
    public Builder tag(String tag) {
      tags.add(tag);
      return this;
    }

    /** Virtual CPUs of each sandbox, 1 to 32; absent leaves the server's default, 2. */
    public Builder cpuCount(int count) {
      if (count < 1 || count > MAX_CPUS) {
        throw new IllegalArgumentException(
            "a template has 1 to %d CPUs, not %d".formatted(MAX_CPUS, count));
      }
      this.cpuCount = count;
      return this;
    }

    /** Memory of each sandbox in MiB, at least 128; absent leaves the server's default, 1024. */
    public Builder memoryMb(int mebibytes) {
      if (mebibytes < MIN_MEMORY_MB) {
        throw new IllegalArgumentException(
            "a template has at least %d MiB of memory, not %d".formatted(MIN_MEMORY_MB, mebibytes));
      }
      this.memoryMb = mebibytes;
      return this;
    }

    /** Runs all steps anew, whatever is cached. */
    public Builder withoutCache() {
      this.force = true;
      return this;
    }

    /** The steps from here on run anew. */
    public Builder withoutCacheFromHere() {
      this.forceNext = true;
      return this;
    }

    /** Runs a shell command as the user that is set. */
    public Builder run(String command) {
      return step("RUN", command);
    }

    /** Runs a shell command as another user. */
    public Builder runAs(String user, String command) {
      return step("RUN", command, user);
    }

    /** Copies files of this machine into the image. */
    public Builder copy(TemplateCopy what) {
      steps.add(new Step("COPY", what.arguments(), forceNext, what));
      return this;
    }

    /** Sets variables for the steps that follow and for every process of the sandboxes. */
    public Builder env(Map<String, String> variables) {
      if (variables.isEmpty()) {
        return this;
      }
      List<String> pairs = new ArrayList<>();
      new TreeMap<>(variables)
          .forEach(
              (key, value) -> {
                pairs.add(key);
                pairs.add(value);
              });
      return step("ENV", pairs.toArray(String[]::new));
    }

    /** The working directory of the steps that follow and of commands in the sandboxes. */
    public Builder workdir(String path) {
      return step("WORKDIR", path);
    }

    /** The user of the steps that follow and the sandboxes' default user. */
    public Builder user(String linuxUser) {
      return step("USER", linuxUser);
    }

    /** Installs Debian packages as root, without what they only recommend. */
    public Builder aptInstall(String... packages) {
      return runAs(
          ROOT,
          "apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y"
              + " --no-install-recommends"
              + quoted(packages));
    }

    /** Installs npm packages for all users, as root. */
    public Builder npmInstall(String... packages) {
      return runAs(ROOT, "npm install -g" + quoted(packages));
    }

    /** Installs Python packages for all users, as root. */
    public Builder pipInstall(String... packages) {
      return runAs(ROOT, "pip install" + quoted(packages));
    }

    /** Fetches MCP servers' images, on top of {@link McpGateway#TEMPLATE} only. */
    public Builder mcpServers(String... servers) {
      return runAs(ROOT, "mcp-gateway pull" + quoted(servers));
    }

    /**
     * A command that is started at the build's end and runs in every sandbox from its beginning.
     *
     * @param ready a command that is repeated until it succeeds: then the image is taken
     */
    public Builder start(String command, String ready) {
      this.startCommand = Objects.requireNonNull(command, "command");
      return ready(ready);
    }

    /** As in {@link #start}, without a command that is started. */
    public Builder ready(String command) {
      this.readyCommand = Objects.requireNonNull(command, "command");
      return this;
    }

    private Builder step(String type, String... arguments) {
      for (String argument : arguments) {
        if (argument.indexOf('\0') >= 0) {
          throw new IllegalArgumentException("a step of a template holds a NUL character");
        }
      }
      if (arguments[0].isBlank()) {
        throw new IllegalArgumentException("a step " + type + " of a template is blank");
      }
      steps.add(new Step(type, List.of(arguments), forceNext, null));
      return this;
    }

    /** A shell would read the signs of a version bound, as in {@code x>=1}. */
    private static String quoted(String... words) {
      if (words.length == 0) {
        throw new IllegalArgumentException("nothing to install is named");
      }
      StringBuilder text = new StringBuilder();
      for (String word : words) {
        if (word.isBlank() || word.startsWith("-")) {
          throw new IllegalArgumentException("not the name of a package: \"" + word + "\"");
        }
        text.append(" '").append(word.replace("'", "'\\''")).append('\'');
      }
      return text.toString();
    }

    /** Freezes. */
    public TemplateSpec build() {
      return new TemplateSpec(this);
    }
  }
}
