package dev.repofleet.starter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What can be seen of docker-compose.yml, the image and the manifests without running them. */
class DeploymentTest {
  private static final Path ROOT = Path.of("..");
  private static final Path MANIFESTS = ROOT.resolve("deploy/kubernetes");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z0-9_]+)");

  /** What a worker may need to drain, as it promises itself. */
  private static final Duration DRAIN = Duration.ofSeconds(20);

  private static final List<String> OURS = List.of("setup", "worker", "codec", "starter");

  /** The server is the file's own, a path is none in a container, and some are a person's. */
  private static final List<String> NOT_IN_COMPOSE =
      List.of(
          "TEMPORAL_API_KEY",
          "TEMPORAL_TLS",
          "TEMPORAL_TLS_CLIENT_CERT_PATH",
          "TEMPORAL_TLS_CLIENT_KEY_PATH",
          "TEMPORAL_TLS_SERVER_CA_CERT_PATH",
          "TEMPORAL_TLS_SERVER_NAME",
          "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION",
          "TEMPORAL_CONFIG_FILE",
          "TEMPORAL_PROFILE",
          "REPOFLEET_ENCRYPTION_KEYS_FILE",
          "REPOFLEET_EXTENSIONS",
          "GITHUB_APP_PRIVATE_KEY_FILE",
          "REPOFLEET_CODEC_HOST",
          "REPOFLEET_DATA",
          "REPOFLEET_CLAUDE",
          "REPOFLEET_TEMPORAL",
          "REPOFLEET_NO_BUILD",
          "BROWSER",
          "NO_COLOR");

  /** With its anchors and merged maps resolved. */
  private static JsonNode compose() throws IOException {
    return JSON.valueToTree(new Yaml().<Map<String, Object>>load(text("docker-compose.yml")));
  }

  private static JsonNode services() throws IOException {
    return compose().path("services");
  }

  private static String text(String path) throws IOException {
    return Files.readString(ROOT.resolve(path));
  }

  private static JsonNode manifest(String name) throws IOException {
    return YAML.readTree(MANIFESTS.resolve(name).toFile());
  }

  private static JsonNode podSpec() throws IOException {
    return manifest("deployment.yaml").at("/spec/template/spec");
  }

  private static JsonNode container() throws IOException {
    return podSpec().path("containers").path(0);
  }

  private static Stream<JsonNode> in(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false);
  }

  private static Stream<Map.Entry<String, JsonNode>> fields(JsonNode map) {
    return map.properties().stream();
  }

  /** Names of variables a page speaks of. */
  private static Set<String> documented() throws IOException {
    return names(text("docs/configuration.md"));
  }

  private static Set<String> names(String text) {
    return Pattern.compile("[A-Z][A-Z0-9_]{3,}")
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toSet());
  }

  @Test
  void every_image_is_of_a_version_that_does_not_move() throws IOException {
    List<String> images =
        new ArrayList<>(fields(services()).map(s -> s.getValue().path("image").asText()).toList());
    Pattern.compile("ARG \\w+_IMAGE=(\\S+)")
        .matcher(text("deploy/Dockerfile"))
        .results()
        .forEach(found -> images.add(found.group(1)));
    assertThat(images)
        .hasSizeGreaterThan(10)
        .allMatch(image -> image.matches(".+:[^:]*\\d[^:]*"))
        .noneMatch(image -> image.contains("latest"));
  }

  @Test
  void the_store_of_the_compose_file_is_the_one_the_contract_is_tested_with() throws IOException {
    assertThat(services().at("/s3/image").asText())
        .isEqualTo("adobe/s3mock:" + property("s3mock.version"));
  }

  private static String property(String name) throws IOException {
    return text("pom.xml").replaceAll("(?s).*<" + name + ">(.*?)</" + name + ">.*", "$1");
  }

  @Test
  void there_can_be_many_workers() throws IOException {
    assertThat(services().path("worker").has("container_name")).isFalse();
    assertThat(services().path("worker").has("ports")).isFalse();
    assertThat(services().findValues("container_name")).isEmpty();
    assertThat(text("deploy/prometheus/prometheus.yml")).contains("names: [worker]", "port: 9464");
  }

  @Test
  void ports_are_published_on_loopback_alone() throws IOException {
    assertThat(fields(services()).flatMap(service -> in(service.getValue().path("ports"))))
        .hasSizeGreaterThan(3)
        .allMatch(port -> port.asText().startsWith("127.0.0.1:"));
  }

  @Test
  void every_file_that_is_mounted_is_there() throws IOException {
    Set<String> volumes = new TreeSet<>();
    compose().path("volumes").fieldNames().forEachRemaining(volumes::add);
    List<String> sources =
        fields(services())
            .flatMap(service -> in(service.getValue().path("volumes")))
            .map(JsonNode::asText)
            .filter(volume -> volume.contains(":"))
            .map(volume -> volume.split(":", 2)[0])
            .toList();
    assertThat(sources)
        .isNotEmpty()
        .allMatch(
            source ->
                source.startsWith("./")
                    ? Files.isDirectory(ROOT.resolve(source))
                    : volumes.contains(source));
    assertThat(
            fields(services())
                .flatMap(service -> in(service.getValue().path("entrypoint")))
                .map(JsonNode::asText)
                .filter(word -> word.startsWith("/setup/")))
        .hasSize(2)
        .allMatch(
            word -> Files.isExecutable(ROOT.resolve(word.replace("/setup/", "deploy/temporal/"))));
    assertThat(ROOT.resolve("deploy/temporal/dynamicconfig.yaml")).exists();
  }

  @Test
  void variables_of_the_fleet_are_documented() throws IOException {
    Set<String> given = new TreeSet<>();
    for (String service : OURS) {
      services().path(service).path("environment").fieldNames().forEachRemaining(given::add);
    }
    manifest("configmap.yaml").path("data").fieldNames().forEachRemaining(given::add);
    manifest("secret.example.yaml").path("stringData").fieldNames().forEachRemaining(given::add);
    assertThat(documented()).containsAll(given);
  }

  @Test
  void workers_are_given_whatever_the_page_has_for_them() throws IOException {
    Set<String> wanted =
        Pattern.compile("(?m)^\\*\\*(`.+?)\\*\\*")
            .matcher(text("docs/configuration.md"))
            .results()
            .flatMap(entry -> names(entry.group(1)).stream())
            .collect(Collectors.toCollection(TreeSet::new));
    wanted.removeAll(NOT_IN_COMPOSE);
    assertThat(fields(services().at("/worker/environment")).map(Map.Entry::getKey))
        .containsExactlyInAnyOrderElementsOf(wanted);
  }

  @Test
  void the_example_of_settings_names_every_variable() throws IOException {
    Set<String> wanted =
        VARIABLE
            .matcher(text("docker-compose.yml"))
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    for (String service : OURS) {
      fields(services().path(service).path("environment"))
          .filter(variable -> variable.getValue().isNull())
          .forEach(variable -> wanted.add(variable.getKey()));
    }
    Set<String> named =
        Pattern.compile("(?m)^#?([A-Z0-9_]+)=")
            .matcher(text(".env.example"))
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    // Compose's own.
    wanted.add("COMPOSE_PROFILES");
    assertThat(named).isEqualTo(wanted);
  }

  @Test
  void the_ui_is_told_of_the_codec_where_there_are_keys_and_the_codec_knows_the_ui()
      throws IOException {
    JsonNode codec = services().path("codec");
    assertThat(codec.at("/command/0").asText()).isEqualTo("codec");
    assertThat(codec.at("/ports/0").asText()).isEqualTo("127.0.0.1:${CODEC_PORT:-8234}:8234");
    assertThat(services().at("/temporal-ui/environment/TEMPORAL_CODEC_ENDPOINT").asText())
        .isEqualTo("${REPOFLEET_ENCRYPTION_KEYS:+http://127.0.0.1:${CODEC_PORT:-8234}}");
    assertThat(codec.at("/environment/REPOFLEET_TEMPORAL_UI").asText())
        .isEqualTo(services().at("/setup/environment/REPOFLEET_TEMPORAL_UI").asText())
        .endsWith(
            services().at("/temporal-ui/ports/0").asText().replaceAll("127.0.0.1(.*):8080", "$1"));
    // A codec without keys ends at once, so it is started with them alone, by this name.
    assertThat(codec.at("/profiles/0").asText()).isEqualTo("codec");
    assertThat(text(".env.example")).contains("#COMPOSE_PROFILES=codec\n");
  }

  @Test
  void only_workers_have_keys() throws IOException {
    for (String service : List.of("setup", "codec", "starter")) {
      assertThat(services().path(service).path("environment").properties())
          .extracting(Map.Entry::getKey)
          .noneMatch(name -> name.contains("E2B") || name.contains("ANTHROPIC"))
          .noneMatch(name -> name.endsWith("_TOKEN"));
    }
    // Verbs that need them run as `docker compose run --rm worker VERB`: in place of its command.
    assertThat(services().path("worker").has("entrypoint")).isFalse();
    assertThat(text("deploy/Dockerfile")).contains("\"dev.repofleet.starter.RepoFleet\"]\nCMD [");
  }

  @Test
  void what_is_ours_is_locked_down_and_bounded_and_has_the_time_it_needs() throws IOException {
    for (String name : OURS) {
      JsonNode service = services().path(name);
      assertThat(service.path("read_only").asBoolean()).as(name).isTrue();
      assertThat(service.at("/cap_drop/0").asText()).as(name).isEqualTo("ALL");
    }
    fields(services())
        .forEach(
            service ->
                assertThat(service.getValue().at("/deploy/resources/limits/memory").asText())
                    .as(service.getKey())
                    .isNotEmpty());
    String grace = services().at("/worker/stop_grace_period").asText();
    assertThat(Duration.parse("PT" + grace)).isGreaterThan(DRAIN.plusSeconds(10));
  }

  /** A clone may have gigabytes, which a tmpfs takes from the container's memory. */
  @Test
  void temporary_files_of_workers_have_gigabytes_of_disk() throws IOException {
    for (String name : List.of("worker", "starter")) {
      assertThat(in(services().path(name).path("volumes")).map(JsonNode::asText))
          .as(name)
          .contains("/tmp");
      assertThat(services().path(name).has("tmpfs")).as(name).isFalse();
    }
    JsonNode tmp =
        in(podSpec().path("volumes"))
            .filter(volume -> volume.path("name").asText().equals("tmp"))
            .findFirst()
            .orElseThrow();
    assertThat(tmp.at("/emptyDir/sizeLimit").asText()).isEqualTo("10Gi");
    assertThat(tmp.path("emptyDir").has("medium")).isFalse();
    assertThat(text("docs/deployment.md")).contains("10 GiB");
  }

  @Test
  void pods_have_no_rights_and_a_root_that_is_read_only() throws IOException {
    JsonNode pod = podSpec().path("securityContext");
    assertThat(pod.path("runAsNonRoot").asBoolean()).isTrue();
    assertThat(text("deploy/Dockerfile"))
        .contains("USER " + pod.path("runAsUser").asText() + ":" + pod.path("runAsGroup").asText());
    JsonNode context = container().path("securityContext");
    assertThat(context.path("readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(context.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(context.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
    assertThat(podSpec().path("automountServiceAccountToken").asBoolean(true)).isFalse();
    assertThat(in(container().path("volumeMounts")).map(m -> m.path("mountPath").asText()))
        .containsExactly("/tmp", "/data");
  }

  @Test
  void pods_are_asked_where_workers_answer_and_given_the_time_to_drain() throws IOException {
    String page = text("docs/metrics.md");
    Map<String, String> probes =
        Map.of("startupProbe", "/readyz", "readinessProbe", "/readyz", "livenessProbe", "/healthz");
    for (Map.Entry<String, String> probe : probes.entrySet()) {
      JsonNode get = container().path(probe.getKey()).path("httpGet");
      assertThat(get.path("path").asText()).as(probe.getKey()).isEqualTo(probe.getValue());
      assertThat(get.path("port").asText()).isEqualTo("metrics");
      assertThat(page).contains("`" + probe.getValue() + "`");
    }
    assertThat(Duration.ofSeconds(podSpec().path("terminationGracePeriodSeconds").asLong()))
        .isGreaterThan(DRAIN.plusSeconds(10));
  }

  @Test
  void manifests_that_are_listed_are_there_and_choose_the_same_pods() throws IOException {
    JsonNode kustomization = manifest("kustomization.yaml");
    assertThat(in(kustomization.path("resources")).map(JsonNode::asText))
        .hasSize(7)
        .allMatch(name -> Files.exists(MANIFESTS.resolve(name)));
    JsonNode labels = manifest("deployment.yaml").at("/spec/template/metadata/labels");
    assertThat(manifest("deployment.yaml").at("/spec/selector/matchLabels")).isEqualTo(labels);
    assertThat(manifest("poddisruptionbudget.yaml").at("/spec/selector/matchLabels"))
        .isEqualTo(labels);
    assertThat(manifest("networkpolicy.yaml").at("/spec/podSelector/matchLabels"))
        .isEqualTo(labels);
    assertThat(manifest("scaledobject.yaml").at("/spec/scaleTargetRef/name"))
        .isEqualTo(manifest("deployment.yaml").at("/metadata/name"));
  }

  @Test
  void what_the_fleet_grows_by_is_measured() throws IOException {
    String page = text("docs/metrics.md");
    assertThat(in(manifest("scaledobject.yaml").at("/spec/triggers")))
        .hasSize(2)
        .allSatisfy(
            trigger ->
                assertThat(
                        Pattern.compile("repofleet_\\w+")
                            .matcher(trigger.at("/metadata/query").asText())
                            .results()
                            .map(MatchResult::group))
                    .isNotEmpty()
                    .allMatch(metric -> page.contains("`" + metric + "`")));
  }

  @Test
  void the_image_is_built_from_what_the_ignore_file_lets_through() throws IOException {
    List<String> allowed =
        text(".dockerignore")
            .lines()
            .filter(line -> line.startsWith("!"))
            .map(line -> line.substring(1))
            .toList();
    assertThat(allowed).allMatch(path -> Files.exists(ROOT.resolve(path)));
    assertThat(text("deploy/Dockerfile")).contains("COPY deploy/image/ ");
    // There is a package of that name.
    assertThat(text(".dockerignore").lines()).contains("*/target").doesNotContain("**/target");
    assertThat(allowed).contains("deploy/image", "pom.xml", ".mvn", "starter", "worker");
    assertThat(Files.isExecutable(ROOT.resolve("deploy/image/healthy"))).isTrue();
    assertThat(Files.isExecutable(ROOT.resolve("deploy/prove"))).isTrue();
  }
}
