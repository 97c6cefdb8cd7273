package dev.repofleet.e2b.local.control;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.machine.MachineUsage;
import dev.repofleet.e2b.local.sandbox.NetworkRules;
import dev.repofleet.e2b.local.sandbox.NewSandbox;
import dev.repofleet.e2b.local.sandbox.Sandbox;
import dev.repofleet.e2b.local.sandbox.SandboxRegistry;
import dev.repofleet.e2b.local.template.Template;
import dev.repofleet.e2b.local.template.TemplateStore;
import dev.repofleet.e2b.local.wire.ApiException;
import dev.repofleet.e2b.local.wire.HttpReply;
import dev.repofleet.e2b.local.wire.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done to one sandbox, or asked about it, beside its life (E2B contract, 1.3). */
public final class SandboxActions {
  private static final Logger log = LoggerFactory.getLogger(SandboxActions.class);
  private static final int MOST_FORKS = 100;
  private static final int MOST_METRICS = 100;

  private final SandboxRegistry registry;
  private final TemplateStore templates;

  public SandboxActions(SandboxRegistry registry, TemplateStore templates) {
    this.registry = registry;
    this.templates = templates;
  }

  /** A template with the files of now; the sandbox runs on. */
  HttpReply snapshot(String id, ObjectNode body) throws IOException, InterruptedException {
    Sandbox sandbox = registry.require(id);
    Template made =
        templates.snapshot(
            body.path("name").asText(""),
            id,
            sandbox.image(),
            target -> registry.copyFiles(id, target));
    return HttpReply.json(201, described(made));
  }

  /** The snapshots there are, oldest first. */
  HttpReply snapshots(UnaryOperator<String> query) {
    String source = query.apply("sandboxID");
    String name = query.apply("name");
    int limit = limit(query.apply("limit"));
    String after = query.apply("nextToken");
    List<Template> all =
        templates.all().stream()
            .filter(one -> one.snapshotOf() != null && !"".equals(one.snapshotOf()))
            .filter(one -> source.isEmpty() || source.equals(one.snapshotOf()))
            .filter(one -> name.isEmpty() || name.equals(one.name()))
            .toList();
    int from = 0;
    if (!after.isEmpty()) {
      from = (int) all.stream().takeWhile(one -> !one.id().equals(after)).count() + 1;
      if (from > all.size()) {
        throw ApiException.of(400, "Invalid next token");
      }
    }
    List<Template> page = all.subList(from, Math.min(all.size(), from + limit));
    ArrayNode answer = Wire.array();
    page.forEach(one -> answer.add(described(one)));
    HttpReply reply = HttpReply.json(200, answer);
    return from + page.size() < all.size()
        ? reply.withHeader("X-Next-Token", page.get(page.size() - 1).id())
        : reply;
  }

  private static int limit(String limit) {
    if (limit.isEmpty()) {
      return 100;
    }
    if (!limit.matches("\\d{1,3}")
        || Integer.parseInt(limit) < 1
        || Integer.parseInt(limit) > 100) {
      throw ApiException.of(400, "limit must be 1 to 100");
    }
    return Integer.parseInt(limit);
  }

  private static ObjectNode described(Template snapshot) {
    ObjectNode json = Wire.object().put("snapshotID", snapshot.id() + ":" + Template.DEFAULT_TAG);
    ArrayNode names = json.putArray("names");
    if (!snapshot.name().isEmpty()) {
      names.add(snapshot.name() + ":" + Template.DEFAULT_TAG);
    }
    return json;
  }

  /** Copies of a sandbox with its files, without its processes; one result for each. */
  HttpReply fork(String id, ObjectNode body) throws IOException, InterruptedException {
    int count = body.path("count").asInt(1);
    if (count < 1 || count > MOST_FORKS) {
      throw ApiException.of(400, "count must be 1 to " + MOST_FORKS);
    }
    Duration timeout =
        body.hasNonNull("timeout")
            ? NewSandbox.seconds(body.get("timeout"))
            : Duration.ofSeconds(15);
    Sandbox source = registry.require(id);
    Template files =
        templates.snapshot("", "", source.image(), target -> registry.copyFiles(id, target));
    ArrayNode answer = Wire.array();
    try {
      NewSandbox copy = source.request().copy(files.id(), timeout);
      for (int made = 0; made < count; made++) {
        answer.add(one(copy));
      }
    } finally {
      templates.delete(files);
    }
    return HttpReply.json(201, answer);
  }

  private ObjectNode one(NewSandbox copy) throws InterruptedException {
    try {
      return Wire.object().set("sandbox", registry.create(copy).json());
    } catch (ApiException refused) {
      return Wire.object()
          .set("error", HttpReply.errorBody(refused.reply().status(), refused.getMessage() + ""));
    }
  }

  HttpReply metrics(String id, UnaryOperator<String> query) {
    Sandbox sandbox = registry.require(id);
    measure(sandbox);
    return HttpReply.json(200, sandbox.metrics().between(query));
  }

  /** The latest of several; those that are gone or can't be measured are left out. */
  HttpReply metricsOfMany(String ids) {
    List<String> wanted = Stream.of(ids.split(",", -1)).filter(id -> !id.isEmpty()).toList();
    if (wanted.isEmpty() || wanted.size() > MOST_METRICS) {
      throw ApiException.of(400, "sandbox_ids must name 1 to " + MOST_METRICS + " sandboxes");
    }
    ObjectNode answer = Wire.object();
    ObjectNode all = answer.putObject("sandboxes");
    for (String id : wanted) {
      registry
          .find(id)
          .ifPresent(
              sandbox -> {
                measure(sandbox);
                sandbox.metrics().latest().ifPresent(latest -> all.set(id, latest));
              });
    }
    return HttpReply.json(200, answer);
  }

  private static void measure(Sandbox sandbox) {
    if (!sandbox.state().serves()) {
      return;
    }
    try {
      Optional<MachineUsage> usage = sandbox.machine().usage();
      usage.ifPresent(sandbox.metrics()::add);
    } catch (IOException ending) {
      log.info("sandbox {} could not be measured: {}", sandbox.id(), ending.getMessage());
    }
  }

  /** Keeps and shows what was asked for; a header says that this is all. */
  HttpReply network(String id, ObjectNode body) {
    registry.updateNetwork(id, body);
    return HttpReply.empty(204).withHeader(NetworkRules.NOT_ENFORCED, "network");
  }
}
