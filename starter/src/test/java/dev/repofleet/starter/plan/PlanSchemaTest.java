package dev.repofleet.starter.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.repofleet.artifacts.plan.Approval;
import dev.repofleet.artifacts.plan.McpServer;
import dev.repofleet.artifacts.plan.NetworkAccess;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.plan.PlanLimits;
import dev.repofleet.artifacts.plan.PromptTemplate;
import dev.repofleet.artifacts.plan.ReservedVariables;
import dev.repofleet.artifacts.plan.SecretVariables;
import dev.repofleet.artifacts.plan.VerifyCommand;
import dev.repofleet.starter.command.Amounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/plan.schema.json, which editors read, and the reader say the same. */
class PlanSchemaTest {
  private static final Path DOCS = Path.of("..", "docs");
  private static final Path PRESETS =
      Path.of("src/main/resources/dev/repofleet/starter/presets").toAbsolutePath();
  private static final SchemaRegistry DRAFT =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7);
  private static final JsonNode TREE = tree();
  private static final Schema SCHEMA = DRAFT.getSchema(TREE);

  @TempDir Path folder = Path.of("");

  private static JsonNode tree() {
    try {
      return new ObjectMapper().readTree(Files.readString(DOCS.resolve("plan.schema.json")));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static List<Error> schemaSays(String text) {
    return SCHEMA.validate(PlanText.read("plan.yaml", text).root());
  }

  private Plan readerReads(String text) throws IOException {
    Files.writeString(folder.resolve("plan.yaml"), text);
    return new PlanLoader(folder).load("plan.yaml");
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static List<String> words(JsonNode list) {
    List<String> words = new ArrayList<>();
    list.forEach(word -> words.add(word.asText()));
    return words;
  }

  private static JsonNode at(String pointer) {
    JsonNode node = TREE.at(pointer);
    assertThat(node.isMissingNode()).as(pointer).isFalse();
    return node;
  }

  @Test
  void it_is_a_schema_of_draft_7_that_looks_into_itself_alone() {
    Schema meta = DRAFT.getSchema(SchemaLocation.of(SpecificationVersion.DRAFT_7.getDialectId()));
    assertThat(meta.validate(TREE)).isEmpty();
    assertThat(TREE.path("$schema").asText()).isEqualTo("http://json-schema.org/draft-07/schema#");
    assertThat(TREE.findValuesAsText("$ref"))
        .allSatisfy(reference -> assertThat(TREE.at(reference.substring(1)).isObject()).isTrue());
  }

  @Test
  void every_key_the_reader_knows_is_there_and_no_other() {
    assertThat(names(at("/properties"))).hasSameElementsAs(PlanReader.KEYS);
    assertThat(names(at("/properties/followUps/items/properties")))
        .hasSameElementsAs(PlanReader.FOLLOW_UP_KEYS);
    assertThat(names(at("/properties/limits/properties"))).hasSameElementsAs(PlanReader.LIMIT_KEYS);
    assertThat(names(at("/properties/clone/properties"))).hasSameElementsAs(PlanReader.CLONE_KEYS);
    assertThat(names(at("/properties/verify/anyOf/1/properties")))
        .hasSameElementsAs(PlanReader.VERIFY_KEYS);
    assertThat(names(at("/properties/network/properties")))
        .hasSameElementsAs(PlanReader.NETWORK_KEYS);
    assertThat(names(at("/properties/mcp/additionalProperties/properties")))
        .hasSameElementsAs(McpServers.KEYS);
  }

  @Test
  void every_object_with_fixed_keys_refuses_others_and_every_key_is_described() {
    for (JsonNode object : TREE.findParents("properties")) {
      if (object.path("type").asText().equals("object")) {
        assertThat(object.path("additionalProperties").asText()).isEqualTo("false");
        object
            .path("properties")
            .properties()
            .forEach(
                key ->
                    assertThat(key.getValue().path("description").asText())
                        .as(key.getKey())
                        .hasSizeGreaterThan(5)
                        .endsWith("."));
      }
    }
  }

  @Test
  void forms_and_words_are_those_of_the_reader() {
    assertThat(at("/properties/name/pattern").asText()).isEqualTo(whole(PlanReader.NAME));
    assertThat(at("/properties/rules/items/pattern").asText()).isEqualTo(whole(PlanReader.RULE));
    assertThat(at("/properties/template/pattern").asText()).isEqualTo(whole(PlanReader.TEMPLATE));
    for (String place :
        List.of(
            "/properties/environment/propertyNames",
            "/properties/secrets/items",
            "/properties/mcp/additionalProperties/properties/env/propertyNames")) {
      assertThat(at(place + "/pattern").asText()).isEqualTo(whole(PlanReader.VARIABLE));
    }
    assertThat(at("/properties/mcp/propertyNames/pattern").asText())
        .isEqualTo(whole(McpServers.NAME));
    assertThat(words(at("/properties/environment/propertyNames/not/enum")))
        .hasSameElementsAs(SecretVariables.all().keySet());
    assertThat(at("/properties/environment/propertyNames/allOf/0/not/pattern").asText())
        .isEqualTo(ReservedVariables.PATTERN);
    assertThat(at("/properties/network/properties/allow/items/pattern").asText())
        .isEqualTo(anchored(NetworkAccess.DESTINATION));
    assertThat(at("/properties/network/properties/deny/items/pattern").asText())
        .isEqualTo(anchored(NetworkAccess.ADDRESS));
    assertThat(words(at("/properties/effort/enum"))).isEqualTo(PlanReader.EFFORTS);
    assertThat(words(at("/properties/verifyFindings/enum"))).isEqualTo(PlanReader.VERIFIED);
    assertThat(words(at("/properties/mcp/additionalProperties/properties/type/enum")))
        .isEqualTo(McpServer.TYPES);
    assertThat(words(at("/properties/followUps/items/properties/approval/enum")))
        .isEqualTo(Arrays.stream(Approval.values()).map(Approval::word).toList());
  }

  private static String whole(Pattern pattern) {
    return "^" + pattern.pattern() + "$";
  }

  private static String anchored(Pattern pattern) {
    return "^(?:" + pattern.pattern() + ")$";
  }

  @Test
  void defaults_are_those_of_the_reader() {
    PlanLimits limits = PlanLimits.DEFAULTS;
    assertThat(limit("budgetUsd").asDouble()).isEqualTo(limits.budgetUsd());
    assertThat(limit("turns").asInt()).isEqualTo(limits.turns());
    assertThat(Amounts.duration(limit("time").asText())).isEqualTo(limits.time());
    assertThat(Amounts.duration(limit("sandboxTime").asText())).isEqualTo(limits.sandboxTime());
    assertThat(Amounts.duration(limit("approvalTime").asText())).isEqualTo(limits.approvalTime());
    assertThat(Amounts.duration(limit("pausedTime").asText())).isEqualTo(limits.pausedTime());
    assertThat(Amounts.size(limit("repositorySize").asText()))
        .isEqualTo(limits.repositorySizeBytes());
    assertThat(Amounts.size(limit("output").asText())).isEqualTo(limits.outputBytes());
    assertThat(at("/properties/template/default").asText()).isEqualTo(Plan.DEFAULT_TEMPLATE);
    assertThat(at("/properties/clone/properties/depth/default").asInt()).isEqualTo(1);
    assertThat(at("/properties/trustRepositorySettings/default").asBoolean(true)).isFalse();
    assertThat(at("/properties/incremental/default").asBoolean(true)).isFalse();
    assertThat(at("/properties/verifyFindings/default").asText()).isEqualTo("none");
    assertThat(Amounts.duration(at("/properties/verify/anyOf/1/properties/time/default").asText()))
        .isEqualTo(VerifyCommand.DEFAULT_TIME);
    assertThat(words(at("/properties/network/properties/deny/default")))
        .isEqualTo(NetworkAccess.DEFAULTS.deny());
    assertThat(at("/properties/followUps/items/properties/when/default").asText())
        .isEqualTo("always");
    assertThat(at("/properties/followUps/items/properties/approval/default").asText())
        .isEqualTo(Approval.NONE.word());
  }

  private static JsonNode limit(String name) {
    return at("/properties/limits/properties/" + name + "/default");
  }

  @Test
  void all_facts_are_named_where_they_are_written() {
    for (String fact : PromptTemplate.FACTS) {
      assertThat(at("/properties/prompt/description").asText()).contains("{{" + fact + "}}");
    }
    for (String fact : PromptTemplate.FINDINGS) {
      assertThat(at("/properties/followUps/items/properties/prompt/description").asText())
          .contains("{{" + fact + "}}");
    }
  }

  @Test
  void presets_and_the_page_are_plans_and_presets_lead_an_editor_to_the_schema()
      throws IOException {
    for (String preset : PlanLoader.PRESETS) {
      String text = Files.readString(PRESETS.resolve(preset + ".yaml"));
      assertThat(schemaSays(text)).as(preset).isEmpty();
      Matcher line =
          Pattern.compile("# yaml-language-server: \\$schema=(\\S+)")
              .matcher(Objects.requireNonNull(text.lines().findFirst().orElse(null)));
      assertThat(line.matches()).as(preset).isTrue();
      assertThat(PRESETS.resolve(line.group(1)).normalize())
          .isEqualTo(DOCS.resolve("plan.schema.json").toRealPath());
    }
    Matcher sample =
        Pattern.compile("(?s)## The plan file.*?```yaml\n(.*?)```")
            .matcher(Files.readString(DOCS.resolve("cli.md")));
    assertThat(sample.find()).isTrue();
    assertThat(schemaSays(sample.group(1))).isEmpty();
    List<String> shown = names(PlanText.read("sample.yaml", sample.group(1)).root());
    assertThat(PlanReader.KEYS)
        .filteredOn(key -> !key.equals("promptFile"))
        .hasSameElementsAs(shown);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name: Ä plan 1.2\nprompt: x",
        "rules: [a, b-2]\nfallbackModels: [m, n]",
        "effort: xhigh\ntrustRepositorySettings: true\nincremental: true",
        "verifyFindings: none",
        "verifyFindings: high\nfindings: default",
        "limits: {budgetUsd: 1, turns: 2147483647, time: 90s, sandboxTime: 1d, approvalTime: 1h30m}",
        "limits: {repositorySize: 5, output: 12 KiB}",
        "limits: {repositorySize: 500MB, output: ' 3b '}",
        "followUps: [{prompt: x}, {prompt: y, when: never, approval: required}]",
        "followUps: [{prompt: x, when: ' findings>=3 or  findings.info != 0 '}]",
        "environment: {A_1: 1, B: true, C: x, D: 1.5}\nclone: {depth: 3}\ntemplate: a/b:c",
        "secrets: [A]\nmcp: {s: {url: 'https://h/${A}', headers: {A: 1}}}",
        "mcp: {s-1: {type: sse, url: 'http://h'}, t: {type: stdio, command: x, args: ['', a, a]}}",
        "mcp: {t: {command: x, env: {A: 1}}}",
        "verify: make test",
        "verify: {command: make test, time: 90s}",
        "network: {}",
        "network: {allow: [a.example, '*.b.example', localhost, 1.2.3.4, 10.0.0.0/8], deny: [0.0.0.0/0]}",
        "network: {allow: [1.2.3.4], deny: [1.2.3.0/24]}",
        "network: {deny: []}"
      })
  void what_one_takes_the_other_takes(String plan) {
    assertThat(schemaSays(plan)).isEmpty();
    assertThatCode(() -> readerReads(plan)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "promt: x",
        "prompt: [a]",
        "prompt: ' '",
        "prompt: a\npromptFile: b",
        "name: 7",
        "name: '-a'",
        "name: a/b",
        "rules: x",
        "rules: []",
        "rules: [A]",
        "rules: [a, a]",
        "rules: [a, 1]",
        "fallbackModels: ['']",
        "effort: huge",
        "effort: 3",
        "limits: 5",
        "limits: {budget: 1}",
        "limits: {budgetUsd: 0}",
        "limits: {budgetUsd: free}",
        "limits: {turns: 0}",
        "limits: {turns: 3.7}",
        "limits: {turns: 2147483648}",
        "limits: {time: 5}",
        "limits: {time: '5'}",
        "limits: {time: 0s}",
        "limits: {time: 5m3h}",
        "limits: {time: 1w}",
        "limits: {repositorySize: 0}",
        "limits: {repositorySize: 3XB}",
        "limits: {repositorySize: 0KiB}",
        "limits: {output: 1.5GiB}",
        "followUps: {prompt: x}",
        "followUps: [x]",
        "followUps: [{when: always}]",
        "followUps: [{prompt: x, when: maybe}]",
        "followUps: [{prompt: x, when: findings.urgent > 0}]",
        "followUps: [{prompt: x, when: findings.high > 0 and findings.low > 0}]",
        "followUps: [{prompt: x, when: findings.high}]",
        "followUps: [{prompt: x, when: 1}]",
        "followUps: [{prompt: x, approval: maybe}]",
        "followUps: [{prompt: x, aproval: none}]",
        "template: ../x",
        "environment: {A-B: x}",
        "environment: {GH_TOKEN: x}",
        "environment: {A: [x]}",
        "verify: ''",
        "verify: 5",
        "verify: {time: 5m}",
        "verify: {command: make, time: 5}",
        "verify: {command: make, mayFail: true}",
        "network: [a.example]",
        "network: {allow: a.example}",
        "network: {allow: ['http://a.example']}",
        "network: {allow: [1.2.3.256]}",
        "network: {deny: [a.example]}",
        "network: {denied: []}",
        "clone: {depth: 0}",
        "clone: {submodules: 1}",
        "clone: {lfs: always}",
        "clone: {recursive: true}",
        "secrets: [a-b]",
        "secrets: [A, A]",
        "mcp: {mcpServers: {s: {url: 'http://h'}}}",
        "mcp: {a b: {url: 'http://h'}}",
        "mcp: {s: {}}",
        "mcp: {s: {url: 'http://h', command: x}}",
        "mcp: {s: {typ: http}}",
        "mcp: {s: {type: htp, url: 'http://h'}}",
        "mcp: {s: {type: stdio, url: 'http://h'}}",
        "mcp: {s: {type: sse, command: x}}",
        "mcp: {s: {url: 'ftp://h'}}",
        "mcp: {s: {url: 'http://h', env: {A: x}}}",
        "mcp: {s: {url: 'http://h', args: [x]}}",
        "mcp: {s: {command: x, headers: {A: x}}}",
        "mcp: {s: {command: x, args: ['${A}']}}",
        "mcp: {s: {command: 'x ${A}'}}",
        "mcp: {s: {command: x, args: [1]}}",
        "mcp: {s: {command: x, env: {A-B: x}}}",
        "trustRepositorySettings: yess",
        "verifyFindings: urgent",
        "verifyFindings: true",
        "verifyFindings: low\nfindings: own.json"
      })
  void what_one_refuses_the_other_refuses(String plan) {
    assertThat(schemaSays(plan)).isNotEmpty();
    assertThatThrownBy(() -> readerReads(plan)).isInstanceOf(PlanException.class);
  }

  /** What a schema can't say: amounts in units, other keys' values, other files. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "limits: {sandboxTime: 25h}",
        "verify: {command: make, time: 25h}",
        "prompt: '{{repositry}}'",
        "secrets: [A]\nenvironment: {A: x}",
        "mcp: {s: {url: 'http://h/${A}'}}",
        "network: {allow: [a.example], deny: []}",
        "promptFile: absent.md"
      })
  void some_mistakes_only_the_reader_sees(String plan) {
    assertThat(schemaSays(plan)).isEmpty();
    assertThatThrownBy(() -> readerReads(plan)).isInstanceOf(PlanException.class);
  }
}
