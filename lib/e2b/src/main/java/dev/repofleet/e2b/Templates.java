package dev.repofleet.e2b;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import okhttp3.HttpUrl;

/**
 * Builds, finds and deletes templates. Thread-safe; made by {@link E2bClient#templates()}.
 *
 * <p>Failures are those of {@link E2bClient}; the failure of a build itself is a {@link
 * TemplateBuildException}.
 */
public final class Templates {
  /** Builds take minutes; a log that comes each second is fast enough to read. */
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  /** In a row. */
  private static final int MOST_LOST_LOOKS = 30;

  private static final int FORBIDDEN = 403;

  private final ApiCalls api;
  private final Pause pause;

  Templates(ApiCalls api, Pause pause) {
    this.api = api;
    this.pause = pause;
  }

  /**
   * Builds a template and waits for it; see {@link #start} and {@link #await}.
   *
   * @return the build, which is ready
   */
  public TemplateBuild build(TemplateSpec spec, Consumer<BuildLog> log, Duration limit) {
    TemplateBuild build = start(spec);
    await(build, log, limit);
    return build;
  }

  /**
   * Starts a build and returns, once the files that it copies are at E2B: those that an earlier
   * build has sent are not sent again.
   *
   * <p>If something fails behind the first request, a template of that name exists whose build has
   * not begun; starting again does no harm.
   *
   * @throws E2bException if a file to copy can't be read; then nothing was asked for
   * @throws AuthenticationException with 403 if the name is another team's
   * @throws RateLimitedException if too many builds run
   * @throws E2bStatusException with 400 if the name or a step is refused
   */
  public TemplateBuild start(TemplateSpec spec) {
    String operation = "build template " + spec.name();
    try (TemplateUploads uploads = TemplateUploads.pack(spec, operation)) {
      HttpReply reply =
          api.send(api.post(api.path("v3", "templates"), spec.newTemplate()), operation);
      TemplateBuild build =
          JsonCodec.read(reply.body(), TemplateWire.NewBuild.class, operation).toBuild(operation);
      uploads.send(api, build, operation);
      HttpUrl.Builder url =
          api.path("v2", "templates", build.templateId(), "builds", build.buildId());
      api.send(api.post(url, spec.buildRequest(uploads.hashes())), operation);
      return build;
    }
  }

  /**
   * Asks how a build stands.
   *
   * @param logsOffset how many lines of the log are known already
   * @throws NotFoundException if there is no such build
   */
  public BuildStatus status(TemplateBuild build, int logsOffset) {
    if (logsOffset < 0) {
      throw new IllegalArgumentException("the offset of a log is not negative: " + logsOffset);
    }
    String operation =
        "look at build %s of template %s".formatted(build.buildId(), build.templateId());
    HttpUrl.Builder url =
        api.path("templates", build.templateId(), "builds", build.buildId(), "status")
            .addQueryParameter("logsOffset", Integer.toString(logsOffset));
    HttpReply reply = api.send(api.get(url), operation);
    return status(JsonCodec.read(reply.body(), TemplateWire.Build.class, operation), operation);
  }

  private static BuildStatus status(TemplateWire.Build build, String operation) {
    List<BuildLog> log = new ArrayList<>();
    if (build.logEntries() != null) {
      for (ApiWire.Log entry : build.logEntries()) {
        LogEntry line = ApiWire.required(entry, "log entry", operation).toEntry(operation);
        log.add(new BuildLog(line.at(), line.level(), line.message()));
      }
    }
    TemplateWire.BuildReason reason = build.reason();
    String failure = reason == null || reason.message() == null ? "" : reason.message();
    return new BuildStatus(
        BuildStatus.State.of(ApiWire.required(build.status(), "status", operation)),
        log,
        Optional.ofNullable(reason).map(TemplateWire.BuildReason::step),
        failure);
  }

  /**
   * Waits for a build's end and hands on its log as it is written, each line once, the rest after
   * the end too. Looks once a second.
   *
   * @param log called on this thread; what it throws ends the wait, not the build
   * @param limit the longest to wait; the build goes on after it
   * @throws TemplateBuildException if the build failed
   * @throws E2bTransportException if it was not over within the limit, or look after look failed;
   *     the build goes on, and waiting again begins its log anew
   * @throws E2bInterruptedException if this thread is interrupted; the build goes on
   */
  public void await(TemplateBuild build, Consumer<BuildLog> log, Duration limit) {
    long begun = System.nanoTime();
    int seen = 0;
    int lost = 0;
    while (true) {
      BuildStatus status;
      try {
        status = status(build, seen);
        lost = 0;
      } catch (E2bException e) {
        lost++;
        boolean over = System.nanoTime() - begun >= NANOSECONDS.convert(limit);
        if (!isPassing(e) || lost > MOST_LOST_LOOKS || over) {
          throw e;
        }
        rest(build);
        continue;
      }
      status.log().forEach(log);
      seen += status.log().size();
      // After the end there may be more lines than one answer holds.
      if (status.isOver() && status.log().isEmpty()) {
        finish(build, status);
        return;
      }
      if (!status.isOver()) {
        if (System.nanoTime() - begun >= NANOSECONDS.convert(limit)) {
          throw new E2bTransportException(
              "cannot wait any longer for build %s of template %s: it is %s after %s"
                  .formatted(build.buildId(), build.templateId(), status.state(), limit),
              true,
              null);
        }
        rest(build);
      }
    }
  }

  /** A look changes nothing, and the build goes on without it. */
  private static boolean isPassing(E2bException e) {
    return e instanceof E2bTransportException
        || e instanceof RateLimitedException
        || (e instanceof E2bStatusException status && status.status() >= 500);
  }

  private void rest(TemplateBuild build) {
    try {
      pause.pause(BETWEEN_LOOKS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new E2bInterruptedException(
          "interrupted while waiting for build %s of template %s"
              .formatted(build.buildId(), build.templateId()),
          e);
    }
  }

  private static void finish(TemplateBuild build, BuildStatus status) {
    if (status.state() == BuildStatus.State.ERROR) {
      String said = status.failure().isBlank() ? "E2B does not say why" : status.failure();
      throw new TemplateBuildException(
          build, status.failedStep().orElse(null), ErrorBody.line(said, 2000));
    }
  }

  /** Whether the name is taken, by this team or another, for which sandboxes may be refused. */
  public boolean exists(String name) {
    try {
      api.send(
          api.get(api.path("templates", "aliases", checkName(name))), "look for template " + name);
      return true;
    } catch (NotFoundException e) {
      return false;
    } catch (AuthenticationException e) {
      // A wrong key is 401; this is another team's template.
      if (e.status() == FORBIDDEN) {
        return true;
      }
      throw e;
    }
  }

  /** All of the team's, over as many requests as it takes; snapshots are not among them. */
  public List<TemplateInfo> list() {
    String operation = "list templates";
    List<TemplateInfo> found = new ArrayList<>();
    api.pages(
        api.listing("v2", "templates").build(),
        TemplateWire.Listed.class,
        operation,
        (reply, page) -> page.forEach(template -> found.add(template.toInfo(operation))));
    return List.copyOf(found);
  }

  /**
   * The tags of a template, each of which means one build.
   *
   * @throws NotFoundException if there is no such template
   */
  public List<TemplateTag> tags(String templateId) {
    String operation = "list the tags of template " + templateId;
    HttpReply reply =
        api.send(api.get(api.path("templates", checkName(templateId), "tags")), operation);
    List<TemplateTag> tags = new ArrayList<>();
    for (TemplateWire.Tag tag :
        JsonCodec.readList(reply.body(), TemplateWire.Tag.class, operation)) {
      tags.add(ApiWire.required(tag, "tag", operation).toTag(operation));
    }
    return List.copyOf(tags);
  }

  /**
   * Gives more tags to a build; where another build had one, it moves. Safe to repeat.
   *
   * @param target the build, as {@code name:tag} with a tag that it has
   * @return the build's id
   * @throws NotFoundException if there is no such template or tag
   */
  public String tag(String target, List<String> tags) {
    String operation = "tag template " + target;
    TemplateWire.NewTags body = new TemplateWire.NewTags(checkName(target), checkTags(tags));
    HttpReply reply = api.send(api.post(api.path("templates", "tags"), body), operation);
    return ApiWire.required(
        JsonCodec.read(reply.body(), TemplateWire.Tagged.class, operation).buildId(),
        "buildID",
        operation);
  }

  /**
   * Takes tags away from a template; its builds stay.
   *
   * @throws NotFoundException if there is no such template
   */
  public void untag(String name, List<String> tags) {
    TemplateWire.OldTags body = new TemplateWire.OldTags(checkName(name), checkTags(tags));
    api.send(api.delete(api.path("templates", "tags"), body), "take tags from template " + name);
  }

  private static List<String> checkTags(List<String> tags) {
    if (tags.isEmpty() || tags.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException("a tag must be named");
    }
    return List.copyOf(tags);
  }

  /**
   * Deletes a template with all its builds. Sandboxes that run go on.
   *
   * @return false if it did not exist any more
   */
  public boolean delete(String templateId) {
    try {
      api.send(
          api.delete(api.path("templates", checkName(templateId))),
          "delete template " + templateId);
      return true;
    } catch (NotFoundException e) {
      return false;
    }
  }

  private static String checkName(String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("the template must be named");
    }
    return name;
  }
}
