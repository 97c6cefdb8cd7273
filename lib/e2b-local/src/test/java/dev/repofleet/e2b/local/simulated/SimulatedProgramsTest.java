package dev.repofleet.e2b.local.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.repofleet.e2b.local.simulated.HandDriven.Said;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SimulatedProgramsTest {
  /** Long enough to be met at work by a machine that is busy with others. */
  private static final AgentScript BRIEF = new AgentScript(Duration.ofSeconds(3), 3, 100, 2);

  private static final Map<String, String> GIT =
      Map.of(
          "RF_REPO", "/home/user/repo",
          "RF_STATE", "/var/lib/repofleet",
          "RF_COMMIT", "1".repeat(40),
          "RF_LIMIT", "1000000",
          "RF_URL", "https://example.org/x");
  private static final String SCHEMA =
      """
      {"type":"object","required":["summary","findings","coverage"],"properties":{
       "summary":{"type":"string"},
       "findings":{"type":"array","items":{"type":"object",
        "required":["ruleId","title","severity","path","startLine","cwe"],
        "properties":{"ruleId":{"enum":["sql-injection","other"]},"title":{"type":"string"},
        "severity":{"enum":["critical","low"]},"path":{"type":"string","minLength":1},
        "startLine":{"type":"integer","minimum":1},"cwe":{"type":"array","items":{}}}}},
       "coverage":{"type":"object","required":["filesReviewed"],
        "properties":{"filesReviewed":{"type":"integer","minimum":0}}}}}""";

  private final HandDriven box = new HandDriven(Simulation.standard().withAgent(BRIEF));

  @AfterEach
  void close() {
    box.close();
  }

  private Said git(String script, String... arguments) {
    return script(GIT, script, arguments);
  }

  private Said script(Map<String, String> environment, String script, String... arguments) {
    String[] argv = new String[7 + arguments.length];
    List<String> head = List.of("timeout", "-k", "5", "100", "/bin/bash", "-c", "the text");
    head.toArray(argv);
    String[] named = new String[argv.length + 1];
    System.arraycopy(argv, 0, named, 0, 7);
    named[7] = script;
    System.arraycopy(arguments, 0, named, 8, arguments.length);
    return box.start("root", environment, named);
  }

  private Said run(String... words) {
    String[] argv = new String[words.length + 1];
    argv[0] = "/var/lib/repofleet/run.sh";
    System.arraycopy(words, 0, argv, 1, words.length);
    return box.start("root", Map.of("RF_WORKDIR", "/home/user/repo", "TOKEN", "t"), argv);
  }

  private void prepare(String argv) {
    Said said =
        box.shell(
            "mkdir -p /var/lib/repofleet/runs /home/user/repo; chmod 700 /var/lib/repofleet\n"
                + "echo script > /var/lib/repofleet/run.sh; printf '%s' F >/var/lib/repofleet/fence");
    assertThat(said.end()).as(said.err()).isEqualTo("0");
    for (int incarnation = 0; incarnation < 2; incarnation++) {
      String folder = "/var/lib/repofleet/turns/0.0." + incarnation;
      box.machine.files().write(folder + "/argv", argv.replace(' ', '\0') + "\0", "root");
      box.machine.files().write(folder + "/prompt", "do it", "root");
    }
  }

  private void prepareAgent() {
    prepare("claude -p --verbose --session-id S --json-schema " + SCHEMA.replaceAll("\\s", ""));
  }

  @Test
  void theShellDoesWhatPreparingScriptsNeed() {
    Said said =
        box.shell(
            """
            set -eu
            umask 077
            mkdir -p "/s/a" # a remark
            printf '%s' "$HOME x" >"/s/a/b"
            mv /s/a/b '/s/c'; cat /s/c && echo " done" || echo never
            test -e /s/none || echo none
            false
            echo not reached""");
    assertThat(said.out()).isEqualTo("/root x done\nnone\n");
    assertThat(said.end()).isEqualTo("1");
    assertThat(box.machine.files().stat("/s/c").orElseThrow().mode()).isEqualTo(0600);
    assertThat(box.shell("cat /s/none").err()).contains("No such file");
  }

  @Test
  void whatTheShellCannotDoEndsLoudly() {
    for (String script : List.of("echo $(id)", "a | b", "for x in 1; do", "ls *", "cat <f")) {
      Said said = box.shell(script);
      assertThat(said.end()).as(script).isNotEqualTo("0");
      assertThat(said.err()).as(script).containsAnyOf("does not understand", "not found");
    }
    assertThat(box.shell("nosuch --flag").end()).isEqualTo("127");
  }

  @Test
  void aSleepingShellIsKilledByItsTimeLimit() throws Exception {
    Said said = box.start("root", Map.of(), "timeout", "0.05", "bash", "-c", "sleep 600; echo x");
    assertThat(said.awaitEnd()).isEqualTo("124");
    assertThat(said.out()).isEmpty();
  }

  @Test
  void cloneTreeAndLinesTellWhatTheWorkerReads() {
    Said clone = git("clone.sh");
    assertThat(clone.end()).as(clone.err()).isEqualTo("0");
    assertThat(clone.out())
        .containsPattern("^tree [0-9a-f]{40}\n")
        .contains("\nfiles 3\n", "\nextension ", " py\n", " md\n");
    assertThat(git("tree.sh", "base").end()).isEqualTo("0");
    assertThat(git("commit-files.sh", "look", "src/main.py", "src", "none").out())
        .matches("blob \\d+\ntree\nmissing\n");
    assertThat(git("commit-files.sh", "read", "src/main.py").out())
        .matches("(?s)[0-9a-f]{40} blob \\d+\n.*\n");
    Said diff = git("tree.sh", "diff");
    assertThat(diff.out())
        .matches("tree [0-9a-f]{40}\0changed 0\0patch /var/lib/repofleet/tree\\.\\d+ 0\0");
    box.machine.files().write("/home/user/repo/README.md", "changed", "root");
    assertThat(git("tree.sh", "diff").err()).contains("writes no patches");
    assertThat(git("tree.sh", "other").end()).isEqualTo("64");
  }

  @Test
  void aRunIsStartedOnceFollowedAndFinished() throws Exception {
    prepareAgent();
    assertThat(run("state", "0", "0").out()).isEqualTo("none\n");
    assertThat(run("start", "wrong", "0", "0", "0", "0").end()).isEqualTo("71");
    assertThat(run("start", "F", "0", "0", "0", "0").out()).startsWith("running i=0 out=");
    assertThat(run("start", "F", "0", "0", "0", "0").out()).contains("running i=0");
    assertThat(run("await", "0", "0", "0", "0", "60").out()).startsWith("running i=0 out=");
    long offset = 0;
    Said now = run("await", "0", "0", "0", Long.toString(offset), "60");
    while (now.awaitEnd().equals("0") && now.out().startsWith("running")) {
      offset = Long.parseLong(now.out().replaceAll(".*out=(\\d+).*\n", "$1"));
      now = run("await", "0", "0", "0", Long.toString(offset), "60");
    }
    assertThat(now.out()).matches("finished i=0 rc=0 out=\\d+ age=\\d+\n");
    assertThat(box.machine.files().text("/var/lib/repofleet/runs/0.0.0/meta"))
        .contains("transcript=0");
    assertThat(box.machine.files().exists("/home/user/.claude/projects/-home-user-repo/S.jsonl"))
        .isTrue();
  }

  @Test
  void aSnapshotHoldsTheTranscriptAndARestoreTakesItAway() throws Exception {
    prepareAgent();
    String transcript = "/home/user/.claude/projects/-home-user-repo/S.jsonl";
    String folder = "/var/lib/repofleet/snapshot.1";
    Map<String, String> variables =
        Map.of(
            "RF_STATE",
            "/var/lib/repofleet",
            "RF_KEY",
            "0.0.0",
            "RF_TRANSCRIPT",
            transcript,
            "RF_COPY",
            folder);
    assertThat(script(variables, "snapshot.sh").end()).isEqualTo("31");
    run("start", "F", "0", "0", "0", "0");
    assertThat(run("await", "0", "0", "0", "1000000", "60").awaitEnd()).isEqualTo("0");
    Said taken = script(variables, "snapshot.sh");
    assertThat(taken.end()).isEqualTo("0");
    assertThat(taken.out()).isEqualTo("before 0\nfrozen 0\n");
    assertThat(box.machine.files().text(folder + "/transcript"))
        .isNotEmpty()
        .isEqualTo(box.machine.files().text(transcript));
    assertThat(script(variables, "restore.sh", "commit").end()).isEqualTo("0");
    assertThat(box.machine.files().exists(transcript)).isFalse();
    assertThat(script(variables, "restore.sh", "apply").end()).isEqualTo("40");
  }

  @Test
  void theAnswerMeetsItsSchemaAndNamesFilesThereAre() throws Exception {
    prepareAgent();
    run("start", "F", "0", "0", "0", "0");
    assertThat(run("await", "0", "0", "0", "1000000", "60").awaitEnd()).isEqualTo("0");
    List<String> lines =
        box.machine.files().text("/var/lib/repofleet/runs/0.0.0/out").lines().toList();
    assertThat(lines).hasSize(5);
    JsonMapper json = JsonMapper.builder().build();
    assertThat(json.readTree(lines.get(0)).path("model").asText()).isEqualTo("simulated");
    JsonNode result = json.readTree(lines.get(4));
    assertThat(result.path("type").asText()).isEqualTo("result");
    assertThat(result.path("num_turns").asInt()).isEqualTo(4);
    JsonNode answer = result.path("structured_output");
    assertThat(answer.path("findings")).hasSize(2);
    JsonNode finding = answer.path("findings").get(1);
    assertThat(finding.path("ruleId").asText()).isEqualTo("sql-injection");
    assertThat(finding.path("startLine").asInt()).isEqualTo(1);
    assertThat(SimulatedRepository.small().files()).containsKey(finding.path("path").asText());
    assertThat(answer.path("coverage").path("filesReviewed").asInt(-1)).isZero();
  }

  @Test
  void aStoppedTurnIsStoppedForEver() throws Exception {
    prepare("claude --session-id S");
    Said started = new Said();
    box.startProcess(
        "root",
        Map.of("RF_WORKDIR", "/home/user/repo", "SIMULATED_SECONDS", "3600"),
        started,
        "/var/lib/repofleet/run.sh",
        "start",
        "F",
        "0",
        "0",
        "0",
        "0");
    Said waiting = run("await", "0", "0", "0", "1000000", "60");
    assertThat(waiting.end()).isEmpty();
    assertThat(run("stop", "F", "0", "0").out()).startsWith("stopped i=0 rc=130 out=");
    assertThat(waiting.awaitEnd()).isEqualTo("0");
    assertThat(waiting.out()).startsWith("stopped i=0 rc=130");
    assertThat(run("start", "F", "0", "0", "1", "0").end()).isEqualTo("72");
  }

  @Test
  void aRunBelowTheBaseIsLostAndAVoidOneIsSucceeded() throws Exception {
    prepare("claude --session-id S");
    box.machine.files().write("/var/lib/repofleet/runs/0.0.0/meta", "transcript=0\n", "root");
    assertThat(run("state", "0", "0").out()).startsWith("died i=0 out=0 age=");
    assertThat(run("void", "0", "0", "0").out()).startsWith("died i=0");
    assertThat(box.machine.files().exists("/var/lib/repofleet/runs/0.0.0/void")).isTrue();
    assertThat(run("start", "F", "0", "0", "1", "0").out()).startsWith("running i=1");
    assertThat(run("await", "0", "0", "1", "1000000", "60").awaitEnd()).isEqualTo("0");
    box.machine.files().write("/var/lib/repofleet/base", "0 0 2", "root");
    assertThat(run("state", "0", "0").out()).isEqualTo("none\n");
  }

  @Test
  void anUnknownVerbAndWrongUseFailLoudly() {
    prepareAgent();
    Said unknown = run("frobnicate", "0", "0");
    assertThat(unknown.end()).isEqualTo("64");
    assertThat(unknown.err()).contains("no verb 'frobnicate'", "add it to SimulatedRunScript");
    assertThat(run("state", "0").end()).isEqualTo("64");
    assertThat(run("state", "0", "x").end()).isEqualTo("64");
    box.machine.files().remove("/var/lib/repofleet/run.sh", "root");
    assertThat(run("state", "0", "0").end()).isEqualTo("127");
  }

  @Test
  void aSessionIsResumedOnlyWhereThereIsOne() throws Exception {
    Said none = box.start("user", Map.of(), "claude", "-p", "--resume", "S");
    assertThat(none.err()).contains("No conversation found");
    Said first = box.start("user", Map.of(), "claude", "-p", "--session-id", "S");
    assertThat(first.awaitEnd()).isEqualTo("0");
    assertThat(box.start("user", Map.of(), "claude", "--session-id", "S").err())
        .contains("already in use");
    assertThat(box.start("user", Map.of(), "claude", "--resume", "S").awaitEnd()).isEqualTo("0");
    assertThat(box.start("user", Map.of(), "claude", "--version").out()).contains("simulated");
  }

  @Test
  void outputBeyondTheCapIsDroppedButForTheLastLine() throws Exception {
    prepare("claude --session-id S");
    Said started = new Said();
    box.startProcess(
        "root",
        Map.of("RF_WORKDIR", "/home/user/repo", "RF_OUTPUT_CAP", "300"),
        started,
        "/var/lib/repofleet/run.sh",
        "start",
        "F",
        "0",
        "0",
        "0",
        "0");
    assertThat(run("await", "0", "0", "0", "1000000", "60").awaitEnd()).isEqualTo("0");
    String out = box.machine.files().text("/var/lib/repofleet/runs/0.0.0/out");
    assertThat(out.lines().toList()).hasSize(2);
    assertThat(out).contains("\"init\"", "\"result\"");
  }

  @Test
  void timersStandStillWhileTheMachineIsFrozen() throws Exception {
    Said said = box.shell("sleep 1; echo awake");
    box.machine.freeze();
    // Far past the sleep's end by the executor that drives the machine's timers.
    box.timers.schedule(() -> {}, 1300, java.util.concurrent.TimeUnit.MILLISECONDS).get();
    assertThat(said.end()).isEmpty();
    box.machine.thaw();
    assertThat(said.awaitEnd()).isEqualTo("0");
    assertThat(said.out()).isEqualTo("awake\n");
  }

  @Test
  void aDestroyedMachineKillsItsProcessesAndStartsNone() throws Exception {
    Said said = box.shell("sleep 600");
    box.machine.destroy();
    assertThat(said.awaitEnd()).isEqualTo("signal 9");
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> box.shell("true"))
        .hasMessageContaining("destroyed");
  }

  @Test
  void aProgramOfOnesOwnTakesThePlaceOfAnother() {
    try (HandDriven own =
        new HandDriven(
            Simulation.standard()
                .withProgram("claude", process -> process.fail(7, "no " + process.argv())))) {
      Said said = own.start("user", Map.of(), "/usr/bin/claude", "x");
      assertThat(said.end()).isEqualTo("7");
      assertThat(said.err()).isEqualTo("no [/usr/bin/claude, x]\n");
    }
  }

  @Test
  void aProgramThatThrowsEndsItsProcessAtOnceOrLater() throws Exception {
    SimulatedProgram atOnce =
        process -> {
          throw new IllegalStateException("broken");
        };
    SimulatedProgram later =
        process -> process.after(Duration.ofMillis(1), () -> atOnce.start(process));
    try (HandDriven own =
        new HandDriven(
            Simulation.standard().withProgram("now", atOnce).withProgram("later", later))) {
      assertThat(own.start("user", Map.of(), "now").end()).isEqualTo("70");
      Said said = own.start("user", Map.of(), "later");
      assertThat(said.awaitEnd()).isEqualTo("70");
      assertThat(said.err()).contains("broken");
    }
  }
}
