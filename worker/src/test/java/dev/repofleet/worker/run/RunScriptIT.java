package dev.repofleet.worker.run;

import static dev.repofleet.worker.run.RunScriptFixture.FENCE;
import static dev.repofleet.worker.run.RunScriptFixture.kill;
import static dev.repofleet.worker.run.RunScriptFixture.lives;
import static dev.repofleet.worker.run.RunScriptFixture.read;
import static dev.repofleet.worker.run.RunScriptFixture.requireRoot;
import static dev.repofleet.worker.run.RunScriptFixture.requireTool;
import static dev.repofleet.worker.testing.Waiting.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.worker.run.RunScriptFixture.Answer;
import dev.repofleet.worker.testing.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The run script under attack, with real processes. */
@Execution(ExecutionMode.CONCURRENT)
class RunScriptIT {
  private static final String COUNTED = "echo $$ >> started; ";
  private static final String FOR_EVER = "while :; do sleep 0.1; done";

  @TempDir Path folder;
  private RunScriptFixture run;

  @BeforeEach
  void open() throws IOException {
    requireTool("setpriv");
    requireTool("setsid");
    requireTool("flock");
    run =
        new RunScriptFixture(
            folder,
            Map.of("RF_OUTPUT_CAP", "1000003", "RF_STOP_GRACE", "2", "RF_START_GRACE", "10"));
  }

  @AfterEach
  void close() throws IOException {
    run.close();
  }

  @Test
  void shellcheckHasNothingToSay() throws Exception {
    requireTool("shellcheck");
    Process check = new ProcessBuilder("shellcheck", run.script.toString()).start();
    assertThat(RunScriptFixture.answer(check)).isEqualTo(new Answer(0, ""));
  }

  @Test
  void anAgentRunsWithItsPromptAndMarkAndItsExitCodeIsKept() {
    run.agent("0.0.0", "cat; echo; echo $HOME $RF_RUN; env | grep -c ^RF_; echo e >&2; exit 3");
    assertThat(run.state(0)).isEqualTo("none");
    assertThat(run.start(0, 0).exit()).isZero();
    String out = "look at this\n" + run.work + " 0.0.0\n2\n";
    assertThat(run.ended(0)).isEqualTo("finished i=0 rc=3 out=" + out.length());
    assertThat(run.run("0.0.0", "out")).hasContent(out);
    assertThat(run.run("0.0.0", "err")).hasContent("e\n");
    assertThat(run.run("0.0.0", "meta"))
        .content()
        .containsPattern("boot=.+\npgid=\\d+\nsupervisor=\\d+\ntranscript=0\nuptime=\\d+\n");
    assertThat(run.start(0, 0)).isEqualTo(new Answer(0, run.state(0)));
  }

  @Test
  void theLauncherIsBackBeforeTheAgentEndsAndLeavesNoStreamOpen() {
    run.agent("0.0.0", FOR_EVER);
    run.start(0, 0);
    run.reached(0, "running i=0 out=0");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 8})
  void manyConcurrentStartsMakeOneProcess(int launchers) {
    for (int turn = 0; turn < 3; turn++) {
      run.agent("0." + turn + ".0", COUNTED + "exit 0");
      String[] start = {"start", FENCE, "0", "" + turn, "0", "0"};
      List<Process> all = IntStream.range(0, launchers).mapToObj(n -> run.launch(start)).toList();
      all.forEach(one -> assertThat(RunScriptFixture.answer(one).exit()).isZero());
      assertThat(run.ended(turn)).startsWith("finished i=0 rc=0 ");
      assertThat(run.lines("started")).hasSize(turn + 1);
    }
  }

  @Test
  void aLateSupervisorAndOneWhoTakesOverNeverBothRunInFortyRounds() throws IOException {
    List<String> winners = new ArrayList<>();
    for (int turn = 0; turn < 40; turn++) {
      run.agent("0." + turn + ".0", COUNTED + "exit 0");
      run.agent("0." + turn + ".1", COUNTED + "exit 0");
      Path claimed = Files.createDirectories(run.run("0." + turn + ".0", "x").getParent());
      Files.setLastModifiedTime(claimed, FileTime.from(Instant.now().minusSeconds(60)));
      String t = "" + turn;
      Process late = run.launch("supervise", "0", t, "0", "0");
      Process voider = run.launch("void", "0", t, "0");
      RunScriptFixture.answer(voider);
      run.start(turn, 1);
      RunScriptFixture.answer(late);
      String end = run.ended(turn);
      winners.add(end.substring(0, "finished i=0 rc=0".length()));
      assertThat(run.lines("started")).as("agents of round %s, %s", turn, end).hasSize(turn + 1);
    }
    assertThat(winners).allMatch(end -> end.matches("finished i=[01] rc=0"));
  }

  @Test
  void twoWhoTakeOverTogetherMakeOneProcess() {
    run.agent("0.0.0", FOR_EVER);
    run.start(0, 0);
    run.begun("0.0.0");
    kill(run.meta("0.0.0", "supervisor"), "KILL");
    until("the agent has died", Waiting.LONG, () -> run.state(0).startsWith("died i=0"));
    run.agent("0.0.1", COUNTED + "exit 0");
    String[] start = {"start", FENCE, "0", "0", "1", "0"};
    List<Process> all = IntStream.range(0, 8).mapToObj(n -> run.launch(start)).toList();
    all.forEach(one -> assertThat(RunScriptFixture.answer(one).exit()).isZero());
    assertThat(run.ended(0)).startsWith("finished i=1 rc=0");
    assertThat(run.lines("started")).hasSize(1);
  }

  @Test
  void aWrongFenceIsRefusedForEver() throws IOException {
    run.agent("0.0.0", COUNTED);
    assertThat(run.call("start", "another", "0", "0", "0", "0").exit()).isEqualTo(71);
    assertThat(run.call("stop", "another", "0", "0").exit()).isEqualTo(71);
    Files.delete(run.state.resolve("fence"));
    assertThat(run.start(0, 0).exit()).isEqualTo(71);
    assertThat(run.call("start", "", "0", "0", "0", "0").exit()).isEqualTo(71);
    assertThat(run.state(0)).isEqualTo("none");
    assertThat(run.lines("started")).isEmpty();
  }

  @Test
  void aSupervisorThatComesAfterTheFenceWasTakenAwayStartsNothing() throws IOException {
    run.agent("0.0.0", COUNTED);
    Files.createDirectories(run.run("0.0.0", "x").getParent());
    Files.writeString(run.state.resolve("fence"), "released");
    assertThat(RunScriptFixture.answer(run.launch("supervise", "0", "0", "0", "0")).exit())
        .isEqualTo(71);
    assertThat(run.lines("started")).isEmpty();
  }

  @Test
  void stopSendsAnInterruptAndNothingStartsAfterIt() {
    run.agent("0.0.0", "trap 'echo interrupted; exit 0' INT; echo up; " + FOR_EVER);
    run.agent("0.0.1", COUNTED);
    run.start(0, 0);
    run.reached(0, "running i=0 out=3");
    assertThat(run.call("stop", FENCE, "0", "0"))
        .isEqualTo(new Answer(0, "stopped i=0 rc=0 out=15"));
    assertThat(run.start(0, 0)).isEqualTo(new Answer(72, "stopped i=0 rc=0 out=15"));
    assertThat(run.start(0, 1).exit()).isEqualTo(72);
    assertThat(run.lines("started")).isEmpty();
  }

  @Test
  void stopEndsAnAgentThatDoesNotWantTo() {
    run.agent("0.0.0", "trap '' INT; trap 'echo no' TERM; echo up; " + FOR_EVER);
    run.start(0, 0);
    run.reached(0, "running i=0 out=3");
    kill(run.meta("0.0.0", "supervisor"), "TERM");
    kill(run.meta("0.0.0", "supervisor"), "INT");
    assertThat(run.call("stop", FENCE, "0", "0").line()).startsWith("stopped i=0 rc=137 ");
    assertThat(lives(run.meta("0.0.0", "pgid"))).isFalse();
    assertThat(lives(run.meta("0.0.0", "supervisor"))).isFalse();
  }

  @Test
  void stopBeforeTheStartLeavesNothingToStart() {
    run.agent("0.0.0", COUNTED);
    assertThat(run.call("stop", FENCE, "0", "0")).isEqualTo(new Answer(0, "stopped"));
    assertThat(run.start(0, 0)).isEqualTo(new Answer(72, "stopped"));
    assertThat(run.lines("started")).isEmpty();
  }

  @Test
  void aStopBetweenTheClaimAndTheSupervisorWins() throws IOException {
    run.agent("0.0.0", COUNTED);
    Files.createDirectories(run.run("0.0.0", "x").getParent());
    assertThat(run.call("stop", FENCE, "0", "0").line()).isEqualTo("stopped i=0 out=0");
    assertThat(RunScriptFixture.answer(run.launch("supervise", "0", "0", "0", "0")).exit())
        .isZero();
    assertThat(run.lines("started")).isEmpty();
  }

  @Test
  void aKilledAgentIsFinishedWithItsSignal() {
    run.agent("0.0.0", FOR_EVER);
    run.start(0, 0);
    run.begun("0.0.0");
    kill(run.meta("0.0.0", "pgid"), "KILL");
    assertThat(run.ended(0)).isEqualTo("finished i=0 rc=137 out=0");
  }

  @Test
  void aKilledSupervisorTakesItsAgentAlongAndTheNextOneClearsWhatIsLeft() {
    run.agent(
        "0.0.0", "setsid sleep 300 & echo $! >> left; sleep 300 & echo $! >> left; " + FOR_EVER);
    run.start(0, 0);
    until("both children run", Waiting.LONG, () -> run.lines("left").size() == 2);
    long agent = run.meta("0.0.0", "pgid");
    kill(run.meta("0.0.0", "supervisor"), "KILL");
    until("the agent is dead", Waiting.LONG, () -> !lives(agent));
    run.reached(0, "died i=0 out=0");
    assertThat(run.lines("left")).allMatch(pid -> lives(Long.parseLong(pid)));
    assertThat(run.call("void", "0", "0", "0").line()).isEqualTo("died i=0 out=0");
    run.agent("0.0.1", COUNTED);
    run.start(0, 1);
    assertThat(run.ended(0)).isEqualTo("finished i=1 rc=0 out=0");
    assertThat(run.lines("left")).noneMatch(pid -> lives(Long.parseLong(pid)));
  }

  @Test
  void nothingIsTakenOverFromARunThatLivesOrHasEnded() {
    run.agent("0.0.0", "echo up; until [ -e go ]; do sleep 0.1; done");
    run.agent("0.0.1", COUNTED);
    run.start(0, 0);
    run.reached(0, "running i=0 out=3");
    assertThat(run.call("void", "0", "0", "0").line()).isEqualTo("running i=0 out=3");
    assertThat(run.start(0, 1)).isEqualTo(new Answer(0, "running i=0 out=3"));
    assertThat(run.work.resolve("go").toFile().mkdir()).isTrue();
    assertThat(run.ended(0)).isEqualTo("finished i=0 rc=0 out=3");
    assertThat(run.call("void", "0", "0", "0").line()).isEqualTo("finished i=0 rc=0 out=3");
    assertThat(run.start(0, 1)).isEqualTo(new Answer(0, "finished i=0 rc=0 out=3"));
    assertThat(run.lines("started")).isEmpty();
  }

  @Test
  void aStartThatNeverCameMayBeVoidedAfterTenSeconds() throws IOException {
    run.agent("0.0.0", COUNTED);
    run.agent("0.0.1", COUNTED);
    Path claimed = Files.createDirectories(run.run("0.0.0", "x").getParent());
    assertThat(run.state(0)).matches("starting i=0 age=\\d");
    assertThat(run.call("void", "0", "0", "0").line()).startsWith("starting i=0 ");
    assertThat(run.start(0, 1).line()).startsWith("starting i=0 ");
    Files.setLastModifiedTime(claimed, FileTime.from(Instant.now().minusSeconds(11)));
    assertThat(run.state(0)).matches("starting i=0 age=1\\d");
    assertThat(run.call("void", "0", "0", "0").line()).isEqualTo("died i=0 out=0");
    run.launch("supervise", "0", "0", "0", "0");
    run.start(0, 1);
    assertThat(run.ended(0)).isEqualTo("finished i=1 rc=0 out=0");
    assertThat(run.lines("started")).hasSize(1);
  }

  @Test
  void aRunOfAnEarlierBootHasDied() throws IOException {
    run.agent("0.0.0", FOR_EVER);
    run.start(0, 0);
    run.begun("0.0.0");
    Path meta = run.run("0.0.0", "meta");
    String text = read(meta);
    Files.writeString(meta, text.replaceFirst("boot=.*", "boot=another"));
    assertThat(run.state(0)).isEqualTo("died i=0 out=0");
    Files.writeString(meta, text);
    assertThat(run.state(0)).isEqualTo("running i=0 out=0");
  }

  @Test
  void ageIsTheMachinesOwnTimeAndThatOfADeadRunEndsWithItsLastOutput() throws IOException {
    run.agent("0.0.0", "echo up; " + FOR_EVER);
    run.start(0, 0);
    run.reached(0, "running i=0 out=3");
    assertThat(run.age(0)).isLessThan(100);
    Path meta = run.run("0.0.0", "meta");
    long uptime = run.meta("0.0.0", "uptime");
    Files.setLastModifiedTime(meta, FileTime.from(Instant.now().minusSeconds(9000)));
    assertThat(run.age(0)).as("a pause does not age it").isLessThan(100);
    Files.writeString(meta, read(meta).replace("uptime=" + uptime, "uptime=" + (uptime - 5000)));
    assertThat(run.age(0)).isBetween(5000L, 5100L);
    kill(run.meta("0.0.0", "supervisor"), "KILL");
    until("the agent has died", Waiting.LONG, () -> run.state(0).startsWith("died i=0"));
    Files.setLastModifiedTime(meta, FileTime.from(Instant.now().minusSeconds(4000)));
    FileTime said = FileTime.from(Instant.now().minusSeconds(3700));
    Files.setLastModifiedTime(run.run("0.0.0", "out"), said);
    assertThat(run.age(0)).isBetween(299L, 301L);
  }

  @Test
  void aFileThatMustNotBeThereIsRemovedByTheOneThatStartsAndByNoOther() throws Exception {
    // The agent's own folder, which it has closed.
    Path pinned = Files.createDirectory(run.work.resolve("pinned"));
    Path left = Files.writeString(pinned.resolve("transcript"), "queue");
    for (Path path : List.of(left, pinned)) {
      String owner = (int) Files.getAttribute(path, "unix:uid") == 0 ? "1000:1000" : "";
      assertThat(new ProcessBuilder("chown", owner, path.toString()).start().waitFor()).isZero();
    }
    Files.setPosixFilePermissions(pinned, PosixFilePermissions.fromString("r-xr-xr-x"));
    run.agent("0.0.0", "ls pinned; env | grep FRESH; echo new > transcript; " + FOR_EVER);
    Map<String, String> fresh = Map.of("RF_FRESH", left.toString());
    RunScriptFixture.answer(run.launchWith(fresh, "start", FENCE, "0", "0", "0", "0"));
    until(
        "the transcript is the agent's",
        Waiting.LONG,
        () -> run.lines("transcript").contains("new"));
    assertThat(read(run.run("0.0.0", "out"))).isEmpty();
    Files.writeString(left, "by the agent");
    RunScriptFixture.answer(run.launchWith(fresh, "start", FENCE, "0", "0", "0", "0"));
    assertThat(left).exists();
  }

  @Test
  void whatIsBelowTheBaseIsLostAndTheBaseStartsAfresh() throws IOException {
    Files.writeString(run.state.resolve("base"), "0 1 2");
    run.agent("0.1.1", COUNTED);
    run.agent("0.1.2", COUNTED);
    run.agent("0.0.0", COUNTED);
    assertThat(run.start(1, 1).exit()).isEqualTo(64);
    assertThat(run.state(1)).isEqualTo("none");
    assertThat(run.start(1, 2).exit()).isZero();
    assertThat(run.ended(1)).isEqualTo("finished i=2 rc=0 out=0");
    run.start(0, 0);
    assertThat(run.ended(0)).isEqualTo("finished i=0 rc=0 out=0");
    assertThat(run.lines("started")).hasSize(2);
  }

  @Test
  void threeHundredMegabytesAreCutAndTheLastLineStays() {
    run.agent("0.0.0", "head -c 314572800 /dev/zero | tr '\\0' 'x' | fold -w 999; echo; echo END");
    run.start(0, 0);
    assertThat(run.ended(0)).isEqualTo("finished i=0 rc=0 out=" + (1000003 + 1 + 4));
    assertThat(read(run.run("0.0.0", "out"))).endsWith("x\nEND\n");
  }

  @Test
  void whatIsBehindTheCapIsNotReadAndGivesItsDiskBackWhileTheAgentGoesOn() throws IOException {
    requireTool("fallocate");
    run.agent(
        "0.0.0",
        "head -c 50000000 /dev/zero | tr '\\0' 'x'; until [ -e go ]; do sleep 0.05; done; "
            + "echo; echo END");
    run.start(0, 0);
    until(
        "all output is written",
        Waiting.LONG,
        () -> run.run("0.0.0", "out").toFile().length() == 50_000_000);
    until(
        "what is behind the cap gives its disk back",
        Waiting.LONG,
        () -> diskOf(run.run("0.0.0", "out")) < 5 << 20);
    assertThat(run.state(0)).isEqualTo("running i=0 out=1000003");
    assertThat(run.call("await", "0", "0", "0", "1000003", "2").line())
        .isEqualTo("running i=0 out=1000003");
    Files.createFile(run.work.resolve("go"));
    assertThat(run.ended(0)).isEqualTo("finished i=0 rc=0 out=" + (1000003 + 1 + 4));
    assertThat(read(run.run("0.0.0", "out"))).endsWith("x\nEND\n").doesNotContain("\0");
  }

  private static long diskOf(Path file) {
    try {
      Process stat =
          new ProcessBuilder("stat", "-c", "%b", file.toString()).redirectErrorStream(true).start();
      return 512 * Long.parseLong(new String(stat.getInputStream().readAllBytes(), UTF_8).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aLineThatTheCapWouldCutInTwoStaysWhole() {
    run.agent("0.0.0", "head -c 1000000 /dev/zero | tr '\\0' 'x'; echo; echo '{\"a\":\"result\"}'");
    run.start(0, 0);
    assertThat(run.ended(0)).startsWith("finished i=0 rc=0 ");
    assertThat(read(run.run("0.0.0", "out")))
        .hasSize(1000001 + 15)
        .endsWith("\n{\"a\":\"result\"}\n");
  }

  @Test
  void aLastLineOfAnyLengthIsBoundedAndSoIsTheErrorOutput() {
    run.agent(
        "0.0.0",
        "head -c 9000000 /dev/zero | tr '\\0' 'x'; head -c 9000000 /dev/zero | tr '\\0' 'e' >&2");
    run.start(0, 0);
    assertThat(run.ended(0)).isEqualTo("finished i=0 rc=0 out=" + (1000003 + 1 + 1048576));
    assertThat(run.run("0.0.0", "err").toFile()).hasSize(1048576 + 1 + 1048576);
  }

  @Test
  void outputIsSeenWhileTheAgentRunsAndAwaitReturnsForIt() {
    run.agent("0.0.0", "until [ -e go ]; do sleep 0.05; done; echo one; " + FOR_EVER);
    run.start(0, 0);
    run.reached(0, "running i=0 out=0");
    assertThat(run.call("await", "0", "0", "0", "0", "1").line()).isEqualTo("running i=0 out=0");
    Process waiting = run.launch("await", "0", "0", "0", "0", "25");
    assertThat(run.work.resolve("go").toFile().mkdir()).isTrue();
    assertThat(RunScriptFixture.answer(waiting).line()).isEqualTo("running i=0 out=4");
    Process forTheEnd = run.launch("await", "0", "0", "0", "4", "25");
    kill(run.meta("0.0.0", "pgid"), "KILL");
    assertThat(RunScriptFixture.answer(forTheEnd).line()).isEqualTo("finished i=0 rc=137 out=4");
    assertThat(run.call("await", "0", "5", "0", "0", "25").line()).isEqualTo("none");
  }

  @Test
  void childrenThatHoldTheOutputDoNotDelayTheEnd() {
    run.agent(
        "0.0.0",
        "sleep 300 & echo $! >> left; setsid sleep 300 & echo $! >> left; "
            + "env -i setsid sleep 300 & echo $! >> left; echo out; exit 5");
    run.start(0, 0);
    assertThat(run.ended(0)).isEqualTo("finished i=0 rc=5 out=4");
    assertThat(run.lines("left")).hasSize(3).noneMatch(pid -> lives(Long.parseLong(pid)));
  }

  @Test
  void aLargePromptComesInOnStandardInput() {
    run.agent("0.0.0", "wc -c", "p".repeat(300_000));
    run.start(0, 0);
    assertThat(run.ended(0)).startsWith("finished i=0 rc=0 ");
    assertThat(read(run.run("0.0.0", "out")).strip()).isEqualTo("300000");
  }

  @Test
  void theAgentCanNeitherReadNorForgeTheState() throws IOException {
    requireRoot();
    run.agent("0.0.0", attack(run.state));
    run.start(0, 0);
    assertThat(run.ended(0)).startsWith("finished i=0 rc=7 ");
    assertThat(read(run.run("0.0.0", "out"))).isEqualTo("uid 1000\nno reading\nno writing\nok\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(run.run("0.0.0", "rc"))))
        .isEqualTo("rw-------");
  }

  private static String attack(Path state) {
    return ("echo uid $(id -u); cat S/fence S/runs/0.0.0/meta S/runs/0.0.0/out /proc/$PPID/environ "
            + "/proc/1/root/S/fence 2>/dev/null || echo no reading; "
            + "(echo 0 > S/runs/0.0.0/rc || echo x > S/fence || mkdir S/runs/0.0.1) 2>/dev/null "
            + "&& ls -d S/runs/0.0.0 2>/dev/null || echo no writing; (echo x > /dev/stdout) 2>/dev/null || echo ok; exit 7")
        .replace("S/", state + "/");
  }

  @Test
  void inANamespaceOfAnOrdinaryUserTheAgentSeesNoState() throws Exception {
    requireTool("bwrap");
    run.agent("0.0.0", attack(run.state) + "; cat /proc/self/status");
    List<String> command = new ArrayList<>();
    if ((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0) {
      Process own =
          new ProcessBuilder("chown", "-R", "1000:1000", folder.toString()).inheritIO().start();
      assertThat(own.waitFor()).isZero();
      command.addAll(
          List.of("setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups", "--"));
    }
    command.addAll(
        List.of(
            "bwrap",
            "--unshare-user",
            "--uid",
            "0",
            "--gid",
            "0",
            "--unshare-pid",
            "--ro-bind",
            "/",
            "/",
            "--dev",
            "/dev",
            "--proc",
            "/proc",
            "--bind",
            folder.toString(),
            folder.toString(),
            "--as-pid-1",
            "--cap-add",
            "ALL",
            "--",
            "bash",
            "-c",
            "bash S start F 0 0 0 0; bash S await 0 0 0 99999 20; exit 0"
                .replace("S", run.script.toString())
                .replace("F", FENCE)));
    ProcessBuilder inside = new ProcessBuilder(command);
    inside.environment().put("RF_ROOT", run.state.toString());
    inside.environment().put("RF_WORKDIR", run.work.toString());
    inside.environment().put("RF_AGENT_HOME", run.work.toString());
    Process process = inside.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    assertThat(RunScriptFixture.answer(process).line()).contains("finished i=0 rc=7 out=");
    assertThat(read(run.run("0.0.0", "out"))).contains("uid 0\nno reading\n").doesNotContain(FENCE);
    assertThat(read(run.run("0.0.0", "rc")).strip()).isEqualTo("7");
    assertThat(read(run.state.resolve("fence"))).isEqualTo(FENCE);
    assertThat(run.run("0.0.1", "x").getParent()).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "state", "state 0", "state 0 x", "state 0 08", "start F 0 0 0", "gone 0 0"})
  void wrongUseIsExitCode64(String arguments) {
    String[] words = arguments.isEmpty() ? new String[0] : arguments.split(" ");
    assertThat(run.call(words).exit()).isEqualTo(64);
  }

  @Test
  void aStartWithoutArgvIsWrongUse() {
    assertThat(run.start(0, 0).exit()).isEqualTo(64);
    assertThat(run.state(0)).isEqualTo("none");
  }
}
