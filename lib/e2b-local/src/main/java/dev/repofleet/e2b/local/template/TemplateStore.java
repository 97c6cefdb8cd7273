package dev.repofleet.e2b.local.template;

import dev.repofleet.e2b.local.host.Trash;
import dev.repofleet.e2b.local.sandbox.TemplateImage;
import dev.repofleet.e2b.local.wire.ApiException;
import dev.repofleet.e2b.local.wire.Ids;
import dev.repofleet.e2b.local.wire.Redaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The templates and snapshots of one server: {@code claude} and {@code base}, and what was built or
 * snapshotted here. Those are on disk and are found again by the next server. Thread-safe.
 */
public final class TemplateStore {
  private static final Logger log = LoggerFactory.getLogger(TemplateStore.class);
  private static final String CLAUDE = "claude";
  private static final Map<String, TemplateImage> BUILT_IN =
      Map.of(
          CLAUDE,
          TemplateImage.builtIn(CLAUDE, true),
          "base",
          TemplateImage.builtIn("base", false));

  /** As E2B has it, at most 128 characters. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,127}");

  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  private final Path directory;
  private final InstantSource clock;
  private final Map<String, Template> templates = new ConcurrentHashMap<>();

  private TemplateStore(Path directory, InstantSource clock) {
    this.directory = directory;
    this.clock = clock;
  }

  /** A name and the tag of one of its builds. */
  public record Reference(String name, String tag) {
    /** Reads {@code [namespace/]name[:tag]}; the namespace is not looked at. */
    public static Reference of(String text) {
      String local = text.substring(text.lastIndexOf('/') + 1);
      int colon = local.indexOf(':');
      return colon < 0
          ? new Reference(local, Template.DEFAULT_TAG)
          : new Reference(local.substring(0, colon), local.substring(colon + 1));
    }
  }

  /** Takes the directory and reads what an earlier server left there. */
  public static TemplateStore open(Path directory, InstantSource clock) throws IOException {
    Files.createDirectories(directory);
    TemplateStore store = new TemplateStore(directory, clock);
    for (Template found : TemplateFiles.readAll(directory, clock)) {
      store.templates.put(found.id(), found);
    }
    if (!store.templates.isEmpty()) {
      log.info("{} templates and snapshots of earlier servers were found", store.templates.size());
    }
    return store;
  }

  /**
   * What a sandbox of this template starts from.
   *
   * @throws ApiException 404 if there is no such template, or no build of this tag is ready
   */
  public TemplateImage image(String text) {
    Reference reference = Reference.of(text);
    TemplateImage builtIn = BUILT_IN.get(reference.name());
    if (builtIn != null && reference.tag().equals(Template.DEFAULT_TAG)) {
      return builtIn;
    }
    return find(reference.name())
        .flatMap(template -> template.image(reference.tag()))
        .orElseThrow(
            () ->
                ApiException.of(
                    404,
                    "template '%s' not found; this local server has claude, base and %s"
                        .formatted(Redaction.printable(text), names())));
  }

  private String names() {
    List<String> names =
        all().stream().map(Template::name).filter(name -> !name.isEmpty()).toList();
    return names.isEmpty() ? "nothing that was built here" : String.join(", ", names);
  }

  /** By id or by name. */
  public Optional<Template> find(String idOrName) {
    Template byId = templates.get(idOrName);
    return byId != null
        ? Optional.of(byId)
        : templates.values().stream()
            .filter(one -> !one.name().isEmpty() && one.name().equals(idOrName))
            .findFirst();
  }

  /** Templates and snapshots, oldest first. */
  public List<Template> all() {
    return templates.values().stream()
        .sorted(Comparator.comparing(Template::createdAt).thenComparing(Template::id))
        .toList();
  }

  /** Whether it is one of the templates that every server has, and nobody's to change. */
  public static boolean isBuiltIn(String name) {
    return BUILT_IN.containsKey(name);
  }

  /** The template of this name, made if it is missing. */
  public synchronized Template template(String name) throws IOException {
    requireName(name);
    Optional<Template> known = find(name);
    if (known.isPresent()) {
      return known.get();
    }
    Template made = new Template(Ids.random("t"), name, null, clock.instant());
    Files.createDirectories(directory.resolve(made.id()));
    templates.put(made.id(), made);
    return made;
  }

  /** A build that waits for its start. */
  public TemplateBuild addBuild(Template template) throws IOException {
    TemplateBuild build = new TemplateBuild(Ids.random("b"), clock);
    template.add(build, clock.instant());
    save(template);
    return build;
  }

  /** Where the files of a build belong. */
  Path files(Template template, String buildId) {
    return directory.resolve(template.id()).resolve(buildId);
  }

  /** Where uploads for the steps of a template wait. */
  public Path upload(Template template, String hash) {
    return directory.resolve(template.id()).resolve("upload-" + hash);
  }

  public void save(Template template) throws IOException {
    TemplateFiles.write(directory.resolve(template.id()), template);
  }

  /**
   * Keeps the files of a sandbox.
   *
   * @param name empty for none
   * @param source which sandbox; empty for a copy that is nobody's to list
   */
  public Template snapshot(String name, String source, TemplateImage of, FileSource files)
      throws IOException, InterruptedException {
    if (!name.isEmpty()) {
      requireName(name);
      if (isBuiltIn(name) || find(name).isPresent()) {
        throw ApiException.of(409, "there is a template or snapshot '%s' already".formatted(name));
      }
    }
    Template made = new Template(Ids.random("s"), name, source, clock.instant());
    Path home = directory.resolve(made.id());
    Files.createDirectories(home);
    TemplateBuild build = new TemplateBuild(Ids.random("b"), clock);
    boolean done = false;
    try {
      Path tree = files(made, build.id());
      files.copyTo(tree);
      boolean listed = !source.isEmpty();
      build.ready(
          listed ? of.with(made.id(), name, tree) : of.with(of.templateId(), of.alias(), tree));
      made.add(build, clock.instant());
      made.tag(Template.DEFAULT_TAG, build.id());
      if (listed) {
        save(made);
      }
      templates.put(made.id(), made);
      done = true;
      return made;
    } finally {
      if (!done) {
        Trash.delete(home);
      }
    }
  }

  /**
   * Deletes one with its files; sandboxes made from it have their own. False if it is not there.
   */
  public boolean delete(Template template) {
    boolean there = templates.remove(template.id(), template);
    Trash.delete(directory.resolve(template.id()));
    return there;
  }

  /** Copies a tree to a place that does not exist yet. */
  public interface FileSource {
    void copyTo(Path target) throws IOException, InterruptedException;
  }

  private static void requireName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw ApiException.of(
          400,
          "'%s' is no name: lower-case letters, digits, - and _, at most 128"
              .formatted(Redaction.printable(name)));
    }
  }

  public static String requireTag(String tag) {
    if (!TAG.matcher(tag).matches()) {
      throw ApiException.of(
          400, "'%s' is no tag: letters, digits, . - and _".formatted(Redaction.printable(tag)));
    }
    return tag;
  }
}
