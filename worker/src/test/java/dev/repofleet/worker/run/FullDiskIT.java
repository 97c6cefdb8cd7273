package dev.repofleet.worker.run;

import static dev.repofleet.worker.run.RunScriptFixture.FENCE;
import static dev.repofleet.worker.run.RunScriptFixture.requireRoot;
import static dev.repofleet.worker.run.RunScriptFixture.requireTool;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The run script on a disk that takes nothing more: a small one of its own for each test. */
@Execution(ExecutionMode.CONCURRENT)
class FullDiskIT {
  @TempDir Path folder;
  private RunScriptFixture run;

  @BeforeEach
  void open() throws Exception {
    requireRoot();
    requireTool("unshare");
    run = new RunScriptFixture(folder, Map.of("RF_OUTPUT_CAP", "4096", "RF_STOP_GRACE", "1"));
  }

  @AfterEach
  void close() throws Exception {
    run.close();
  }

  /** What the lines print, the script being {@code rs}, and the state's folder on that disk. */
  private String on(String disk, String agent, String lines) {
    String all =
        """
        mount -t tmpfs -o %s none "$RF_ROOT" && cd "$RF_ROOT" && echo %s >fence || exit 1
        for key in 0.0.0 0.0.1; do
          mkdir -p turns/$key && printf 'bash\\0-c\\0%%s\\0' '%s' >turns/$key/argv
          echo look >turns/$key/prompt
        done
        rs() { bash %s "$@" | sed 's/ age=.*//'; return "${PIPESTATUS[0]}"; }
        begin() { rs start %2$s 0 0 "$1" 0 >/dev/null; }
        fill() { dd if=/dev/zero of=fill bs=4096 status=none; } 2>/dev/null
        # At most ten seconds, for one of the words.
        await() { for n in {1..1800}; do [[ $(rs state 0 0) =~ ^($1) ]] && break; sleep 0.1; done; }
        %s
        rm -f fill more.*
        rs stop %2$s 0 0 >/dev/null
        """
            .formatted(disk, FENCE, agent, run.script, lines);
    return run.withMounts(all).line();
  }

  @ParameterizedTest
  @CsvSource({"0, starting, starting i=0", "4096, finished, finished i=0 rc=126 out=0"})
  void anAgentOfWhichNothingCanBeKeptIsNotStarted(int free, String kind, String state) {
    assertThat(
            on(
                "size=1m",
                "echo >$HOME/began; sleep 60",
                """
                fill; truncate -s -%d fill
                begin 0; await %s; begin 1; sleep 1; rs state 0 0; ls "$RF_WORKDIR"
                """
                    .formatted(free, kind)))
        .isEqualTo(state);
  }

  @Test
  void theExitCodeHasItsPlace() {
    assertThat(
            on(
                "size=1m",
                "echo result; until [[ -e go ]]; do sleep 0.1; done; exit 3",
                """
                begin 0; await 'running i=0 out=7'; fill; touch "$RF_WORKDIR/go"
                await 'finished|died'; rs state 0 0
                """))
        .isEqualTo("finished i=0 rc=3 out=7");
  }

  @Test
  void theLastLineOfTooMuchOutputIsThere() {
    assertThat(
            on(
                "size=6m",
                "head -c 3000000 /dev/zero | tr \"\\\\0\" x; echo; echo result;"
                    + " until [[ -e go ]]; do sleep 0.1; done",
                """
                begin 0; await 'running i=0 out=4096'
                until [[ $(tail -n 1 runs/0.0.0/out) == result ]]; do sleep 0.1; done
                fill; touch "$RF_WORKDIR/go"
                await 'finished|died'; rs state 0 0 ; tail -n 1 runs/0.0.0/out
                """))
        .isEqualTo("finished i=0 rc=0 out=4104\nresult");
  }

  @Test
  void aStopThatCanNotBeKeptIsNoStopAndEndsTheAgentAllTheSame() {
    assertThat(
            on(
                "size=1m,nr_inodes=40",
                "echo up; sleep 60",
                """
                begin 0; await 'running i=0 out=3'
                for n in {1..40}; do : >more.$n; done 2>/dev/null
                rs stop %s 0 0 2>/dev/null; echo "exit $?"
                rs state 0 0 | cut -d' ' -f1-2
                """
                    .formatted(FENCE)))
        .matches("exit 1\n(finished|died) i=0");
  }
}
