package dev.repofleet.e2b.local.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.http.Exchange;
import dev.repofleet.e2b.local.http.RequestInputStream;
import dev.repofleet.e2b.local.sandbox.Secrets;
import dev.repofleet.e2b.local.sandbox.TemplateImage;
import dev.repofleet.e2b.local.template.BuildRequest;
import dev.repofleet.e2b.local.template.Template;
import dev.repofleet.e2b.local.template.TemplateBuild;
import dev.repofleet.e2b.local.template.TemplateBuilder;
import dev.repofleet.e2b.local.template.TemplateStore;
import dev.repofleet.e2b.local.wire.ApiException;
import dev.repofleet.e2b.local.wire.HttpReply;
import dev.repofleet.e2b.local.wire.Redaction;
import dev.repofleet.e2b.local.wire.Wire;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Templates, their builds and tags over HTTP (E2B contract, 9). Thread-safe. */
public final class TemplatesEndpoint {
  private static final Pattern ALL = Pattern.compile("(/v2)?/templates");
  private static final String CREATE = "/v3/templates";
  private static final String TAGS = "/templates/tags";
  private static final Pattern ALIAS = Pattern.compile("/templates/aliases/([^/]+)");
  private static final Pattern FILE =
      Pattern.compile("/templates/([^/]+)/files/([A-Za-z0-9_-]{1,128})");
  private static final Pattern START = Pattern.compile("/v2/templates/([^/]+)/builds/([^/]+)");
  private static final Pattern BUILD =
      Pattern.compile("/templates/([^/]+)/builds/([^/]+)/(status|logs)");
  private static final Pattern TAGS_OF = Pattern.compile("/templates/([^/]+)/tags");
  private static final Pattern ONE = Pattern.compile("/templates/([^/]+)");
  private static final Pattern ANY = Pattern.compile("(/v[23])?/templates(/.*)?");

  private final TemplateStore store;
  private final TemplateBuilder builder;
  private final Secrets secrets;

  public TemplatesEndpoint(TemplateStore store, TemplateBuilder builder, Secrets secrets) {
    this.store = store;
    this.builder = builder;
    this.secrets = secrets;
  }

  boolean handles(String path) {
    return ANY.matcher(path).matches();
  }

  /** Takes the upload that a signed link is for, which comes without the API key. */
  boolean takesUpload(Exchange exchange) {
    Matcher file = FILE.matcher(exchange.request().path());
    if (!exchange.request().method().equals(HttpMethod.PUT) || !file.matches()) {
      return false;
    }
    String expected = secrets.uploadSignature(file.group(1), file.group(2));
    if (!Secrets.same(expected, exchange.parameter("signature"))) {
      exchange.reply(HttpReply.error(401, "the signature of this upload link is wrong"));
      return true;
    }
    RequestInputStream body = new RequestInputStream(exchange.request());
    exchange.run(() -> receive(file.group(1), file.group(2), body));
    return true;
  }

  private HttpReply receive(String templateId, String hash, RequestInputStream body)
      throws IOException {
    Path target = store.upload(require(templateId), hash);
    Path part = Files.createTempFile(target.getParent(), "part-", "");
    try {
      Files.copy(body, part, StandardCopyOption.REPLACE_EXISTING);
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
    return HttpReply.empty(200);
  }

  void handle(Exchange exchange) {
    String path = exchange.request().path();
    HttpMethod method = exchange.request().method();
    Matcher alias = ALIAS.matcher(path);
    Matcher file = FILE.matcher(path);
    Matcher start = START.matcher(path);
    Matcher build = BUILD.matcher(path);
    if (path.equals(CREATE) && method.equals(HttpMethod.POST)) {
      exchange.answer(body -> create(parse(body)));
    } else if (path.equals(TAGS) && method.equals(HttpMethod.POST)) {
      exchange.answer(body -> assignTags(parse(body)));
    } else if (path.equals(TAGS) && method.equals(HttpMethod.DELETE)) {
      exchange.answer(body -> removeTags(parse(body)));
    } else if (ALL.matcher(path).matches() && method.equals(HttpMethod.GET)) {
      exchange.run(this::list);
    } else if (alias.matches() && method.equals(HttpMethod.GET)) {
      exchange.run(() -> alias(decoded(alias.group(1))));
    } else if (file.matches() && method.equals(HttpMethod.GET)) {
      exchange.run(() -> uploadLink(exchange, file.group(1), file.group(2)));
    } else if (start.matches() && method.equals(HttpMethod.POST)) {
      exchange.answer(body -> start(start.group(1), start.group(2), parse(body)));
    } else if (build.matches() && method.equals(HttpMethod.GET)) {
      exchange.run(() -> progress(exchange, build));
    } else {
      byName(exchange, path, method);
    }
  }

  private void byName(Exchange exchange, String path, HttpMethod method) {
    Matcher tags = TAGS_OF.matcher(path);
    Matcher one = ONE.matcher(path);
    if (tags.matches() && method.equals(HttpMethod.GET)) {
      exchange.run(() -> tags(decoded(tags.group(1))));
    } else if (one.matches() && method.equals(HttpMethod.DELETE)) {
      exchange.run(() -> delete(decoded(one.group(1))));
    } else {
      exchange.reply(HttpReply.error(404, "this local server has no such endpoint"));
    }
  }

  private HttpReply create(ObjectNode body) throws IOException {
    TemplateStore.Reference name = TemplateStore.Reference.of(body.path("name").asText(""));
    if (TemplateStore.isBuiltIn(name.name())) {
      throw ApiException.of(
          403,
          "the template '%s' belongs to the server; choose another name".formatted(name.name()));
    }
    Set<String> tags = new LinkedHashSet<>();
    tags.add(TemplateStore.requireTag(name.tag()));
    body.path("tags").forEach(tag -> tags.add(TemplateStore.requireTag(tag.asText())));
    Template template = store.template(name.name());
    if (template.snapshotOf() != null) {
      throw ApiException.of(409, "'%s' is the name of a snapshot".formatted(name.name()));
    }
    template.size(body.path("cpuCount").asInt(2), body.path("memoryMB").asInt(1024));
    TemplateBuild build = store.addBuild(template);
    // Told by the build when it is ready; kept with it until then.
    builder.remember(build, tags);
    ObjectNode answer =
        Wire.object()
            .put("templateID", template.id())
            .put("buildID", build.id())
            .put("public", false);
    answer.putArray("names").add(template.name());
    ArrayNode all = answer.putArray("tags");
    tags.forEach(all::add);
    answer.putArray("aliases").add(template.name());
    return HttpReply.json(202, answer);
  }

  private HttpReply uploadLink(Exchange exchange, String id, String hash) {
    Template template = require(id);
    ObjectNode answer = Wire.object();
    boolean present = Files.isRegularFile(store.upload(template, hash));
    answer.put("present", present);
    if (!present) {
      answer.put(
          "url",
          "http://%s/templates/%s/files/%s?signature=%s"
              .formatted(
                  exchange.header("Host"),
                  template.id(),
                  hash,
                  secrets.uploadSignature(template.id(), hash)));
    }
    return HttpReply.json(201, answer);
  }

  private HttpReply start(String id, String buildId, ObjectNode body) {
    Template template = require(id);
    TemplateBuild build = requireBuild(template, buildId);
    BuildRequest request = BuildRequest.of(body);
    TemplateImage from =
        request.fromTemplate().isEmpty()
            ? store.image("base")
            : store.image(request.fromTemplate());
    if (!build.begin()) {
      throw ApiException.of(400, "the build is not waiting for its start");
    }
    builder.start(template, build, request, from);
    return HttpReply.empty(202);
  }

  private HttpReply progress(Exchange exchange, Matcher build) {
    Template template = require(build.group(1));
    TemplateBuild found = requireBuild(template, build.group(2));
    String limit = exchange.parameter("limit");
    String level = exchange.parameter("level");
    return HttpReply.json(
        200,
        build.group(3).equals("status")
            ? found.status(template.id(), exchange.parameter("logsOffset"), limit, level)
            : found.logs(exchange.parameter("cursor"), limit, level));
  }

  private HttpReply list() {
    ArrayNode answer = Wire.array();
    store.all().stream()
        .filter(one -> one.snapshotOf() == null)
        .forEach(one -> answer.add(one.listed()));
    return HttpReply.json(200, answer);
  }

  private HttpReply alias(String name) {
    if (TemplateStore.isBuiltIn(name)) {
      return HttpReply.error(403, "the template '" + name + "' belongs to the server");
    }
    return store
        .find(name)
        .map(
            found ->
                HttpReply.json(
                    200, Wire.object().put("templateID", found.id()).put("public", false)))
        .orElseGet(() -> notFound(name));
  }

  private HttpReply assignTags(ObjectNode body) throws IOException {
    TemplateStore.Reference target = TemplateStore.Reference.of(body.path("target").asText(""));
    Template template = require(target.name());
    String buildId = template.tags().get(target.tag());
    if (buildId == null) {
      return notFound(body.path("target").asText(""));
    }
    ObjectNode answer = Wire.object().put("buildID", buildId);
    ArrayNode tags = answer.putArray("tags");
    for (JsonNode tag : body.path("tags")) {
      template.tag(TemplateStore.requireTag(tag.asText()), buildId);
      tags.add(tag.asText());
    }
    store.save(template);
    return HttpReply.json(201, answer);
  }

  private HttpReply removeTags(ObjectNode body) throws IOException {
    Template template = require(body.path("name").asText(""));
    body.path("tags").forEach(tag -> template.untag(tag.asText()));
    store.save(template);
    return HttpReply.empty(204);
  }

  private HttpReply tags(String name) {
    Template template = require(name);
    ArrayNode answer = Wire.array();
    template
        .tags()
        .forEach(
            (tag, buildId) ->
                answer
                    .addObject()
                    .put("tag", tag)
                    .put("buildID", buildId)
                    .put("createdAt", Template.time(template.createdAt())));
    return HttpReply.json(200, answer);
  }

  private HttpReply delete(String name) {
    Template template = require(TemplateStore.Reference.of(name).name());
    return store.delete(template) ? HttpReply.empty(204) : notFound(name);
  }

  private Template require(String idOrName) {
    if (TemplateStore.isBuiltIn(idOrName)) {
      throw ApiException.of(
          403, "the template '" + idOrName + "' belongs to the server and can't be changed");
    }
    return store.find(idOrName).orElseThrow(() -> new ApiException(notFound(idOrName), "404"));
  }

  private static TemplateBuild requireBuild(Template template, String buildId) {
    return template
        .build(buildId)
        .orElseThrow(() -> ApiException.of(404, "the template has no such build"));
  }

  /** A part of a path; a name with a tag comes percent-encoded. */
  private static String decoded(String part) {
    try {
      return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      throw ApiException.of(400, "the path is not well encoded");
    }
  }

  private static HttpReply notFound(String name) {
    return HttpReply.error(404, "template '" + Redaction.printable(name) + "' not found");
  }

  private static ObjectNode parse(byte[] body) {
    try {
      return Wire.parse(body);
    } catch (IOException malformed) {
      throw ApiException.of(400, "the request body is not a JSON object");
    }
  }
}
