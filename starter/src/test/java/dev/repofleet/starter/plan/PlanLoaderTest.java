package dev.repofleet.starter.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.plan.Approval;
import dev.repofleet.artifacts.plan.CloneOptions;
import dev.repofleet.artifacts.plan.FollowUp;
import dev.repofleet.artifacts.plan.McpServer;
import dev.repofleet.artifacts.plan.NetworkAccess;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.plan.PlanLimits;
import dev.repofleet.artifacts.plan.VerifyCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanLoaderTest {
  @TempDir Path folder = Path.of("");

  private Plan load(String text) throws IOException {
    Files.writeString(folder.resolve("plan.yaml"), text);
    return new PlanLoader(folder).load("plan.yaml");
  }

  private void refused(String text, String sentence) {
    assertThatThrownBy(() -> load(text))
        .isInstanceOf(PlanException.class)
        .hasMessageContaining(sentence);
  }

  @Test
  void the_preset_has_a_prompt_rules_and_one_follow_up() {
    Plan plan = new PlanLoader(folder).load("security");
    assertThat(plan.name()).isEqualTo("security");
    assertThat(plan.prompt()).contains("security vulnerabilities");
    assertThat(plan.instructions()).isNotBlank();
    assertThat(plan.schema()).isNull();
    assertThat(plan.limits()).isEqualTo(PlanLimits.DEFAULTS);
    assertThat(plan.rules())
        .contains("sql-injection", "xss", "ssrf", "broken-access-control")
        .doesNotHaveDuplicates();
    assertThat(plan.followUps()).hasSize(1);
    assertThat(plan.followUps().get(0).when())
        .isEqualTo("findings.critical > 0 or findings.high > 0");
    assertThat(plan.followUps().get(0).prompt())
        .startsWith("Fix the findings of severity high and above, smallest change first.");
  }

  /** It was stored as a question mark. */
  @Test
  void half_a_character_is_refused() {
    refused("model: \"\\ud800\"", "plan.yaml:1:8: this text has half of a character");
    refused("environment: {\"\\udc00\": x}", "half of a character");
  }

  /** In a schema it was an internal error. */
  @Test
  void a_number_that_is_too_large_is_refused() {
    refused("limits: {budgetUsd: 1e400}", "this number is too large");
  }

  @Test
  void the_preset_knows_every_rule_of_the_rehearsal() {
    assertThat(new PlanLoader(folder).load("security").rules())
        .contains(
            "hardcoded-secret",
            "sql-injection",
            "command-injection",
            "insecure-deserialization",
            "weak-crypto",
            "path-traversal");
  }

  @Test
  void a_plan_that_says_little_takes_prompt_and_rules_of_the_preset_but_no_follow_up()
      throws IOException {
    Plan preset = new PlanLoader(folder).load("security");
    Plan plan = load("name: short\n");
    assertThat(plan)
        .isEqualTo(Plan.builder("short", preset.prompt()).rules(preset.rules()).build());
  }

  @Test
  void every_key_reaches_the_plan() throws IOException {
    Files.writeString(folder.resolve("ask.md"), "Ask this.\n");
    Files.writeString(folder.resolve("answer.json"), "{\"type\": \"object\"}");
    Files.writeString(folder.resolve("context.md"), "We use Go.\n");
    Plan plan =
        load(
            """
            name: mine
            promptFile: ask.md
            instructions: be kind
            systemPrompt: be brief
            findings: answer.json
            rules: [one-rule, other]
            followUps:
              - prompt: mend it
                when: findings.high>0
                approval: required
              - prompt: say more
            verify: {command: make test, time: 20m}
            model: some-model
            fallbackModels: [a, b]
            effort: high
            limits: {budgetUsd: 0.5, turns: 3, time: 90s, sandboxTime: 1h30m, repositorySize: 1MiB, output: 2kib, approvalTime: 2d, pausedTime: 10m}
            template: claude-big
            environment: {PORT: 8080, FLAG: true, NAME: value}
            network: {allow: [registry.npmjs.org, "*.example.org", 10.1.2.3], deny: [0.0.0.0/0, 10.0.0.0/8]}
            clone: {depth: 5, submodules: true, lfs: true}
            secrets: [TICKETS_TOKEN, FILES_KEY]
            mcp:
              tickets: {url: "https://tickets.example.org/${TICKETS_TOKEN}/mcp", headers: {Authorization: "Bearer ${TICKETS_TOKEN}"}}
              old: {type: sse, url: "http://tickets.example.org/sse"}
              files: {command: serve, args: [-v, -v], env: {KEY: "${FILES_KEY}", PORT: 80}}
            projectContext: context.md
            trustRepositorySettings: true
            incremental: true
            """);
    assertThat(plan.name()).isEqualTo("mine");
    assertThat(plan.prompt()).isEqualTo("Ask this.\n");
    assertThat(plan.instructions()).isEqualTo("be kind");
    assertThat(plan.systemPrompt()).isEqualTo("be brief");
    assertThat(plan.schema()).isEqualTo(ArtifactJson.tree(Map.of("type", "object")));
    assertThat(plan.rules()).containsExactly("one-rule", "other");
    assertThat(plan.followUps())
        .containsExactly(
            new FollowUp("mend it", "findings.high>0", Approval.REQUIRED),
            new FollowUp("say more", "always", Approval.NONE));
    assertThat(plan.verify()).isEqualTo(new VerifyCommand("make test", Duration.ofMinutes(20)));
    assertThat(plan.model()).isEqualTo("some-model");
    assertThat(plan.fallbackModels()).containsExactly("a", "b");
    assertThat(plan.effort()).isEqualTo("high");
    assertThat(plan.limits())
        .isEqualTo(
            new PlanLimits(
                0.5,
                3,
                Duration.ofSeconds(90),
                Duration.ofMinutes(90),
                1L << 20,
                2048L,
                Duration.ofDays(2),
                Duration.ofMinutes(10)));
    assertThat(plan.template()).isEqualTo("claude-big");
    assertThat(plan.environment())
        .isEqualTo(Map.of("PORT", "8080", "FLAG", "true", "NAME", "value"));
    assertThat(plan.network())
        .isEqualTo(
            NetworkAccess.of(
                List.of("registry.npmjs.org", "*.example.org", "10.1.2.3"),
                List.of("0.0.0.0/0", "10.0.0.0/8")));
    assertThat(plan.cloneOptions()).isEqualTo(new CloneOptions(5, true, true));
    assertThat(plan.secrets()).containsExactly("TICKETS_TOKEN", "FILES_KEY");
    assertThat(plan.mcp())
        .isEqualTo(
            Map.of(
                "tickets",
                McpServer.http(
                    "https://tickets.example.org/${TICKETS_TOKEN}/mcp",
                    Map.of("Authorization", "Bearer ${TICKETS_TOKEN}")),
                "old",
                McpServer.of(
                    "sse", "http://tickets.example.org/sse", Map.of(), null, List.of(), Map.of()),
                "files",
                McpServer.stdio(
                    "serve", List.of("-v", "-v"), Map.of("KEY", "${FILES_KEY}", "PORT", "80"))));
    assertThat(plan.projectContext()).isEqualTo("We use Go.\n");
    assertThat(plan.trustRepositorySettings()).isTrue();
    assertThat(plan.incremental()).isTrue();
    assertThat(ArtifactJson.read(ArtifactJson.pretty(plan), Plan.class, "plan.json"))
        .isEqualTo(plan);
  }

  @Test
  void names_and_defaults_are_pinned() throws IOException {
    assertThatThrownBy(() -> load("zzzzzzzzzzzz: 1\n"))
        .hasMessageEndingWith(
            "known are name, prompt, promptFile, instructions, systemPrompt, findings, rules,"
                + " followUps, verify, model, fallbackModels, effort, limits, template, environment,"
                + " network, clone, mcp, secrets, projectContext, trustRepositorySettings,"
                + " incremental, verifyFindings");
    assertThatThrownBy(() -> load("limits: {zzzzzzzzzzzz: 1}\n"))
        .hasMessageEndingWith(
            "known are budgetUsd, turns, time, sandboxTime, repositorySize, output, approvalTime,"
                + " pausedTime");
    assertThatThrownBy(() -> load("followUps: [{zzzzzzzzzzzz: 1}]\n"))
        .hasMessageEndingWith("known are prompt, when, approval");
    assertThatThrownBy(() -> load("mcp: {s: {zzzzzzzzzzzz: 1}}\n"))
        .hasMessageEndingWith("known are type, url, headers, command, args, env");
    Plan silent = load("followUps: [{prompt: x}]\n");
    assertThat(silent.limits())
        .isEqualTo(
            new PlanLimits(
                2.0,
                80,
                Duration.ofMinutes(45),
                Duration.ofHours(1),
                2L << 30,
                256L << 20,
                Duration.ofDays(7),
                Duration.ofHours(1)));
    assertThat(silent.followUps()).containsExactly(new FollowUp("x", "always", Approval.NONE));
    assertThat(silent.template()).isEqualTo("claude");
    assertThat(silent.cloneOptions()).isEqualTo(new CloneOptions(1, false, false));
    assertThat(silent.mcp()).isEmpty();
    assertThat(silent.secrets()).isEmpty();
    assertThat(silent.projectContext()).isNull();
    assertThat(silent.trustRepositorySettings()).isFalse();
    assertThat(silent.incremental()).isFalse();
    assertThat(silent.verifyFindings()).isNull();
    assertThat(silent.verify()).isNull();
    assertThat(load("verify: make test\n").verify())
        .isEqualTo(new VerifyCommand("make test", Duration.ofMinutes(10)));
    assertThat(silent.network()).isNull();
    assertThat(load("network: {allow: [example.org]}\n").network())
        .isEqualTo(NetworkAccess.of(List.of("example.org"), List.of("0.0.0.0/0")));
  }

  @Test
  void findings_are_verified_from_a_severity_on_where_there_are_findings() throws IOException {
    assertThat(load("verifyFindings: medium\n").verifyFindings()).isEqualTo(Severity.MEDIUM);
    assertThat(load("verifyFindings: none\n").verifyFindings()).isNull();
    assertThatThrownBy(() -> load("verifyFindings: all\n"))
        .hasMessageEndingWith(
            "'verifyFindings' is the least severity that is verified: one of none, critical, high,"
                + " medium, low, info");
    Files.writeString(folder.resolve("answer.json"), "{\"type\": \"object\"}");
    assertThatThrownBy(() -> load("findings: answer.json\nverifyFindings: high\n"))
        .hasMessageEndingWith(
            "'verifyFindings' needs 'findings: default': in an answer by a schema of the plan's own"
                + " there are no findings to verify; drop one of the two");
  }

  @Test
  void a_project_context_is_at_most_256_kib() throws IOException {
    Files.writeString(folder.resolve("long.md"), "x".repeat((256 << 10) + 1));
    refused("projectContext: long.md\n", "'projectContext': long.md is longer than 256 KiB");
    Files.writeString(folder.resolve("blank.md"), " \n");
    refused("projectContext: blank.md\n", "the file of 'projectContext' is empty");
    Files.writeString(folder.resolve("most.md"), "x".repeat(256 << 10));
    assertThat(load("projectContext: most.md\n").projectContext()).hasSize(256 << 10);
  }

  @Test
  void json_with_tabs_is_a_plan_too() throws IOException {
    Files.writeString(
        folder.resolve("plan.json"), "{\n\t\"prompt\": \"x\",\n\t\"rules\": [\"a\"]\n}\n");
    Plan plan = new PlanLoader(folder).load("plan.json");
    assertThat(plan.name()).isEqualTo("plan");
    assertThat(plan.rules()).isEqualTo(List.of("a"));
  }

  @Test
  void a_plan_is_named_after_its_file_when_it_names_itself_not() throws IOException {
    assertThat(load("prompt: x\n").name()).isEqualTo("plan");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          prompt: a\\nprompt: b                  | plan.yaml:2:1: the key 'prompt' is there twice
          promt: a                             | plan.yaml:1:1: unknown key 'promt' in the plan: did you mean 'prompt'?
          zzz: a                               | known are name, prompt
          limits: {budget: 1}                  | unknown key 'budget' in limits
          limits: {time: 5}                    | "5" is not a time; write 90s, 45m or 1h30m
          limits: {time: 0s}                   | "0s" is not a time
          limits: {repositorySize: big}        | "big" is not a size
          limits: {repositorySize: 3XB}        | "3XB" is not a size
          limits: {turns: 3.7}                 | 'turns' must be a whole number above 0, not 3.7
          limits: {turns: 0}                   | 'turns' must be a whole number above 0, not 0
          limits: {turns: 99999999999}         | 'turns' must be a whole number
          limits: {budgetUsd: free}            | 'budgetUsd' must be a number above 0, not the text "free"
          limits: {sandboxTime: 25h}           | 'sandboxTime' is above 24h
          limits: 5                            | 'limits' must be keys with values, not 5
          prompt: [a]                          | 'prompt' must be text, not a list
          prompt: ''                           | 'prompt' is empty
          name: 7                              | 'name' must be text, not 7
          rules: x                             | 'rules' must be a list, not the text "x"
          rules: []                            | 'rules' is empty
          rules: [A B]                         | a rule id is lower-case letters
          rules: [a, a]                        | 'a' is there twice
          rules: [a, [b]]                      | 'rules' is a list of texts
          followUps: [{when: always}]          | a follow-up needs its 'prompt'
          followUps: [{prompt: x, when: maybe}] | "maybe" is not a condition
          followUps: [{prompt: x, whn: never}] | unknown key 'whn' in followUps.0: did you mean 'when'?
          followUps: [x]                       | 'followUps' must be keys with values
          effort: huge                         | 'effort' is one of low, medium, high
          template: ../x                       | 'template' must be the name or id of an E2B template
          environment: {A-B: x}                | 'A-B' can't be the name of a variable
          environment: {ANTHROPIC_API_KEY: x}  | 'ANTHROPIC_API_KEY' is a secret
          environment: {A: [x]}                | 'A' must be one value, not a list
          network: {allow: [a.example, "https://b.example"]} | plan.yaml:1:30: 'allow' takes names of hosts as registry.npmjs.org
          network: {allow: ["b.example:443"]}  | no port and no path
          network: {deny: [b.example]}         | 'deny' takes addresses as 10.1.2.3 and blocks as 10.0.0.0/8, no names
          network: {allow: [b.example], deny: [10.0.0.0/8]} | a name can be allowed only where all else is denied: drop 'deny', or write an address
          network: {alow: [b.example]}         | did you mean 'allow'?
          verify: [make]                       | 'verify' must be text, not a list
          verify: ' '                          | 'verify' is empty
          verify: {time: 5m}                   | 'verify' needs its 'command'
          verify: {command: make, time: 25h}   | 'time' is above 24h
          verify: {comand: make}               | did you mean 'command'?
          clone: {depth: -1}                   | 'depth' must be a whole number above 0
          followUps: [{prompt: x, approval: maybe}] | 'approval' is none or required, not maybe
          followUps: [{prompt: x, aproval: none}] | did you mean 'approval'?
          limits: {aprovalTime: 1h}            | did you mean 'approvalTime'?
          limits: {pausedTime: 5}              | "5" is not a time
          trustRepositorySettings: yess        | 'trustRepositorySettings' must be true or false, not the text "yess"
          secrets: [a-b]                       | plan.yaml:1:11: a secret is named by a variable of the workers
          secrets: [A]\\nenvironment: {A: x}    | 'A' is in 'environment' too
          mcp: {mcpServers: {s: {url: "http://h"}}} | drop 'mcpServers' around
          mcp: {a b: {url: "http://h"}}        | 'a b' can't be the name of a server
          mcp: {s: {}}                         | an MCP server has a url or a command, and not both
          mcp: {s: {url: "http://h", command: x}} | and not both
          mcp: {s: {typ: http}}                | unknown key 'typ' in mcp.s: did you mean 'type'?
          mcp: {s: {type: htp, url: "http://h"}} | 'type' is one of stdio, http, sse
          mcp: {s: {type: stdio, url: "http://h"}} | of type stdio needs its command
          mcp: {s: {url: "ftp://h"}}           | 'url' must be an address such as https://host/mcp
          mcp: {s: {url: "http://h", env: {A: x}}} | 'env' is for a 'command'
          mcp: {s: {command: x, headers: {A: x}}} | 'headers' is for a 'url'
          mcp: {s: {command: x, args: ["${A}"]}} | for every process to see
          mcp: {s: {command: x, args: [1]}}    | 'args' is a list of texts
          mcp: {s: {command: x, env: {A-B: x}}} | 'A-B' can't be the name of a variable
          mcp: {s: {command: x, env: {A: "${TICKET_TOKEN}"}}}\\nsecrets: [TICKETS_TOKEN] | ${TICKET_TOKEN} is none of the plan's 'secrets': did you mean ${TICKETS_TOKEN}?
          mcp: {s: {command: x, env: {A: "${HOME:-/}"}}} | ${HOME:-/} is none of the plan's 'secrets'
          prompt: Look at {{comit}}            | 'prompt', line 1: there is no fact {{comit}}, did you mean {{commit}}? known are repository, ref
          prompt: Look at {{the branch}}       | there is no fact {{the branch}}; known are repository
          prompt: Use {{ref                    | 'prompt', line 1: '{{' begins a fact such as {{repository}} and is not closed
          prompt: '{{findings.high}}'          | {{findings.high}} is known in the prompts of 'followUps' only
          instructions: '{{x}}'                | 'instructions', line 1: there is no fact {{x}}
          systemPrompt: '{{x}}'                | 'systemPrompt', line 1: there is no fact {{x}}
          followUps: [{prompt: '{{findings.hihg}}'}] | 'prompt', line 1: there is no fact {{findings.hihg}}, did you mean {{findings.high}}?
          projectContext: absent.md            | 'projectContext': there is no file absent.md
          promptFile: absent.md                | 'promptFile': there is no file absent.md
          findings: absent.json                | 'findings': there is no file absent.json
          name: &a x\\nprompt: *a               | YAML aliases (*a) are not supported
          prompt: a\\n---\\nprompt: b            | a second document follows
          - a                                  | a plan is a list of keys and values
          prompt: 'x                           | this is not valid YAML
          prompt: {{repository}} a             | a value that begins with a brace needs quotes
          """)
  void a_mistake_is_one_sentence(String text, String sentence) {
    refused(text.replace("\\n", "\n"), sentence);
  }

  @Test
  void places_for_facts_and_written_braces_stay_in_the_plan() throws IOException {
    Files.writeString(folder.resolve("ask.md"), "One.\nTwo {{languages}} ${{{{ x }}.\n");
    Plan plan =
        load(
            """
            promptFile: ask.md
            instructions: See {{ files }} files, {{size}}.
            followUps:
              - prompt: Mend {{findings.total}} at {{commit}}.
            """);
    assertThat(plan.prompt()).isEqualTo("One.\nTwo {{languages}} ${{{{ x }}.\n");
    assertThat(plan.followUps().get(0).prompt())
        .isEqualTo("Mend {{findings.total}} at {{commit}}.");
    Files.writeString(folder.resolve("ask.md"), "One.\n\nTwo {{langages}}.\n");
    refused(
        "name: x\npromptFile: ask.md\n",
        "plan.yaml:2:1: 'promptFile': ask.md, line 3: there is no fact {{langages}}");
  }

  @Test
  void places_are_exact_deep_inside() {
    refused("name: x\nlimits:\n  turns: 5\n  tyme: 3s\n", "plan.yaml:4:3: unknown key 'tyme'");
    refused("rules:\n  - ok\n  - Not Ok\n", "plan.yaml:3:5: a rule id");
  }

  @Test
  void an_empty_file_a_folder_and_strange_bytes_are_refused() throws IOException {
    refused("", "plan.yaml is empty");
    refused("# only a comment\n", "plan.yaml is empty");
    Files.createDirectory(folder.resolve("plans"));
    assertThatThrownBy(() -> new PlanLoader(folder).load("plans"))
        .hasMessage("plans is not a file");
    Files.write(folder.resolve("bytes.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertThatThrownBy(() -> new PlanLoader(folder).load("bytes.yaml"))
        .hasMessage("bytes.yaml is not UTF-8 text");
  }

  @Test
  void prompt_and_prompt_file_exclude_each_other() throws IOException {
    Files.writeString(folder.resolve("ask.md"), "x");
    refused("prompt: a\npromptFile: ask.md\n", "'prompt' and 'promptFile' are both there");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"type": "objekt"}                                      | is not JSON Schema: /type
          {"type": "object", "properties": 3}                     | is not JSON Schema: /properties
          {"type": "array"}                                       | must describe an object
          {"type": "object", "$ref": "https://host/schema"}       | refers to another document (https://host/schema)
          {"type": "object", "$defs": {"a": {"$ref": "file:/x"}}} | refers to another document (file:/x)
          {"type": "object", "$schema": "https://host/mine"}      | names a $schema that is not known
          {"type": "object"                                       | this is not valid JSON
          [1]                                                     | a plan is a list of keys
          """)
  void a_schema_must_be_json_schema_of_its_own(String schema, String sentence) throws IOException {
    Files.writeString(folder.resolve("answer.json"), schema);
    refused("findings: answer.json\n", sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "a": {"type": "string", "format": "uri"}         | 'format' at /properties/a is not taken by the agent
          "a": {"type": "string", "patern": "x"}           | 'patern' at /properties/a is not taken by the agent, which would drop the whole schema without a word: did you mean 'pattern'?
          "a": {"x-mine": 1}                               | 'x-mine' at /properties/a
          "a": {"$anchor": "b"}                            | '$anchor' at /properties/a
          "a": {"$id": "http://h/x"}                       | '$id' at /properties/a
          "a": {"prefixItems": [{}]}                       | 'prefixItems' at /properties/a
          "a": {"contains": {}, "minContains": 1}          | 'minContains' at /properties/a
          "a": {"dependentRequired": {"a": ["b"]}}         | 'dependentRequired' at /properties/a
          "a": {"unevaluatedProperties": false}            | 'unevaluatedProperties' at /properties/a
          "a": {"items": {"anyOf": [{"foo": 1}]}}          | 'foo' at /properties/a/items/anyOf/0
          "a": {"dependencies": {"b": {"foo": 1}}}         | 'foo' at /properties/a/dependencies/b
          "a": {"patternProperties": {"b/c": {"foo": 1}}}  | 'foo' at /properties/a/patternProperties/b~1c
          "a": {"if": {}}                                  | 'if' at /properties/a needs 'then' or 'else'
          "a": {"then": {}}                                | 'then' at /properties/a needs 'if'
          "a": {"items": {}, "additionalItems": false}     | 'additionalItems' at /properties/a needs 'items' to be a list
          "a": {"nullable": true}                          | 'nullable' at /properties/a needs 'type'
          "a": {"enum": ["x", "x"]}                        | is not JSON Schema of draft 7, which the agent reads
          "a": {"minimum": 1, "exclusiveMinimum": true}    | is not JSON Schema
          "a": {"$ref": "#/$defs/none"}                    | refers to #/$defs/none, which is not there
          "a": {"$ref": "#name"}                           | refers to #name, which is not there
          "a": {"properties": {"ab": {}}, "patternProperties": {"^a": {}}} | 'ab' at /properties/a matches a pattern of 'patternProperties' too
          "a": {"pattern": "("}                            | /properties/a/pattern: does not match
          "a": {"pattern": "(?i)a"}                        | the pattern "(?i)a" at /properties/a
          "a": {"pattern": "a\\\\z"}                       | the pattern "a\\z" at /properties/a
          "a": {"pattern": "a++"}                          | the pattern "a++" at /properties/a
          "a": {"pattern": "[a[b]]"}                       | the pattern "[a[b]]" at /properties/a
          """)
  void a_schema_that_the_agent_would_drop_is_refused(String property, String sentence)
      throws IOException {
    Files.writeString(
        folder.resolve("answer.json"),
        "{\"type\": \"object\", \"properties\": {" + property + "}}");
    refused("findings: answer.json\n", sentence);
  }

  @Test
  void a_schema_may_refer_to_itself_and_name_its_draft() throws IOException {
    Files.writeString(
        folder.resolve("answer.json"),
        """
        {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
         "definitions": {"a": {"type": "string"}},
         "properties": {"x": {"$ref": "#/definitions/a"}}}
        """);
    assertThat(load("findings: answer.json\n").schema()).isNotNull();
  }

  @Test
  void a_schema_keeps_what_the_agent_takes_whatever_draft_it_names() throws IOException {
    Files.writeString(
        folder.resolve("answer.json"),
        """
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "answer",
         "type": "object", "additionalProperties": false, "required": ["format"],
         "$defs": {"a/b": {"enum": [{"foo": 1}], "default": {"foo": 1}, "deprecated": true}},
         "properties": {
           "format": {"type": "string", "pattern": "^(?<n>[\\\\w.-]+)\\\\p{L}{1,3}?(?:a|b)*$"},
           "foo": {"$ref": "#/$defs/a~1b"},
           "bar": {"type": ["array", "null"], "items": {"$ref": "#"}, "minItems": 1},
           "if": {"if": {"required": ["a"]}, "then": {}, "else": true}}}
        """);
    assertThat(load("findings: answer.json\n").schema()).isNotNull();
  }

  @Test
  void what_becomes_an_argument_of_the_agent_has_a_limit() throws IOException {
    String long120 = "x".repeat(120 * 1024);
    assertThat(load("instructions: " + long120).instructions()).hasSize(120 * 1024);
    assertThat(load("prompt: " + long120 + "y").prompt()).hasSize(120 * 1024 + 1);
    for (String key : List.of("instructions", "systemPrompt")) {
      refused(
          key + ": " + long120 + "y",
          "'" + key + "' has 121 KiB, and the agent takes 120 as an argument");
    }
    assertThatThrownBy(() -> PlanOverrides.of(Map.of("instructions", long120 + "y")))
        .hasMessageStartingWith("'instructions' has 121 KiB");
  }
}
