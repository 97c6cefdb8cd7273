package dev.repofleet.e2b.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** E2B's own JavaScript SDK, unchanged, against this server. */
class OfficialSdkIT {
  private static final String SDK = "e2b@2.51.0";

  @TempDir private Path data;

  private static final String SCRIPT =
      """
      import { Sandbox } from 'e2b'
      const sandbox = await Sandbox.create('claude', {
        timeoutMs: 60000, metadata: { app: 'rev iew', k: 'a=b&c' }, envs: { A: '1' } })
      const say = (name, value) => console.log(name + '=' + value)
      const done = await sandbox.commands.run('echo $A; echo two >&2')
      say('out', done.stdout.trim() + done.stderr.trim() + done.exitCode)
      try { await sandbox.commands.run('exit 5') } catch (error) { say('exit', error.exitCode) }
      try { await sandbox.commands.run('sleep 60', { timeoutMs: 300 }) } catch (error) {
        say('limit', error.constructor.name) }
      await sandbox.files.write('/home/user/a/b.txt', 'hello')
      say('read', await sandbox.files.read('/home/user/a/b.txt'))
      say('list', (await sandbox.files.list('/home/user/a')).map((entry) => entry.name))
      say('exists', await sandbox.files.exists('/home/user/none'))
      const job = await sandbox.commands.run('sleep 60', { background: true })
      say('listed', (await sandbox.commands.list()).some((one) => one.pid === job.pid))
      say('killed', await job.kill())
      const pages = Sandbox.list({ query: { metadata: { app: 'rev iew', k: 'a=b&c' } } })
      say('found', (await pages.nextItems()).length)
      say('paused', await sandbox.pause())
      say('running', await sandbox.isRunning())
      const again = await Sandbox.connect(sandbox.sandboxId)
      say('after', (await again.commands.run('cat /home/user/a/b.txt')).stdout)
      say('kill', await again.kill())
      say('kill', await again.kill())
      """;

  @Test
  void createsRunsReadsWritesListsPausesAndKills() throws Exception {
    Map<String, String> environment = System.getenv();
    TestServer.requireTool(ExecutableSearch.locate("node", environment).isPresent(), "node");
    TestServer.requireTool(ExecutableSearch.locate("npm", environment).isPresent(), "npm");
    Path directory = Files.createDirectories(Path.of("target", "official-sdk").toAbsolutePath());
    install(directory);
    Files.writeString(directory.resolve("check.mjs"), SCRIPT);
    try (TestServer server = TestServer.isolated(data, builder -> {})) {
      ProcessBuilder builder = new ProcessBuilder("node", "check.mjs");
      String uri = server.server().uri().toString();
      builder.environment().put("E2B_API_KEY", server.server().apiKey());
      builder.environment().put("E2B_API_URL", uri);
      builder.environment().put("E2B_SANDBOX_URL", uri);
      assertThat(run(builder, directory))
          .isEqualTo(
              """
              out=1two0
              exit=5
              limit=TimeoutError
              read=hello
              list=b.txt
              exists=false
              listed=true
              killed=true
              found=1
              paused=true
              running=false
              after=hello
              kill=true
              kill=false
              """);
    }
  }

  private static void install(Path directory) throws IOException, InterruptedException {
    if (!Files.isDirectory(directory.resolve("node_modules/e2b"))) {
      run(
          new ProcessBuilder(
              "npm", "install", "--no-save", "--no-audit", "--no-fund", "--prefix", ".", SDK),
          directory);
    }
  }

  private static String run(ProcessBuilder builder, Path directory)
      throws IOException, InterruptedException {
    Process process =
        builder
            .directory(directory.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(out).isZero();
    return out;
  }
}
