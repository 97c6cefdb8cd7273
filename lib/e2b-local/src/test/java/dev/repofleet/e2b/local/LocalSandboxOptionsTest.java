package dev.repofleet.e2b.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.e2b.local.host.ClaudeInstall;
import dev.repofleet.e2b.local.host.Isolation;
import dev.repofleet.e2b.local.host.Toolchain;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalSandboxOptionsTest {
  @TempDir private Path directory;

  private LocalSandboxOptions.Builder builder() {
    return LocalSandboxOptions.builder(directory).isolation(Isolation.plain());
  }

  @Test
  void theDefaultsAreThese() {
    LocalSandboxOptions options = builder().build();
    assertThat(options.port()).isZero();
    assertThat(options.apiKey()).matches("e2b_[0-9a-f]{40}");
    assertThat(options.quota()).isEqualTo(20);
    assertThat(options.createRate()).isEmpty();
    assertThat(options.environment()).isEmpty();
    assertThat(options.toString()).doesNotContain(options.apiKey());
  }

  @Test
  void wrongValuesAreRefusedWithTheRange() {
    assertThatThrownBy(() -> builder().port(70000)).hasMessageContaining("0 to 65535");
    assertThatThrownBy(() -> builder().quota(0)).hasMessageContaining("1 to 10000");
    assertThatThrownBy(() -> builder().createRate(0)).hasMessageContaining("above 0");
    assertThatThrownBy(() -> builder().apiKey("x")).hasMessageContaining("8 visible");
    assertThatThrownBy(() -> builder().environment("A=B", "c")).hasMessageContaining("A=B");
  }

  @Test
  void withoutBubblewrapPlainMustBeChosen() {
    Isolation missing = new Isolation(Isolation.Kind.UNAVAILABLE, "bwrap was not found.");
    assertThatThrownBy(() -> builder().isolation(missing).build())
        .hasMessageContaining("bwrap was not found.")
        .hasMessageContaining("Isolation.plain()");
  }

  @Test
  void anNpmInstallIsBoundByItsPackageAndALoneProgramByItself() throws Exception {
    Path scope = directory.resolve("lib/node_modules/@anthropic-ai");
    Path program = executable(scope.resolve("claude-code/bin/claude.exe"));
    Files.writeString(
        scope.resolve("claude-code/package.json"), "{\"name\":\"@anthropic-ai/claude-code\"}");
    Path bin = Files.createDirectories(directory.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("claude"), program);
    ClaudeInstall found = ClaudeInstall.find(Map.of("PATH", bin.toString())).orElseThrow();
    assertThat(found.mount().source()).isEqualTo(scope.toRealPath());
    assertThat(found.inside())
        .isEqualTo("/opt/repofleet/claude/node_modules/@anthropic-ai/claude-code/bin/claude.exe");

    Path alone = executable(directory.resolve("alone/my-claude"));
    ClaudeInstall chosen =
        ClaudeInstall.find(Map.of("PATH", bin.toString(), "REPOFLEET_CLAUDE", alone.toString()))
            .orElseThrow();
    assertThat(chosen.inside()).isEqualTo("/opt/repofleet/claude/claude");
    assertThat(ClaudeInstall.find(Map.of("PATH", "/nonexistent"))).isEmpty();
  }

  /** As where Git was built for a home, or one's home has a package.json. */
  @Test
  void ofAHomeOnlyWhatAToolNeedsIsBound() throws Exception {
    Path home = Files.createDirectories(directory.resolve("home"));
    Files.createDirectories(home.resolve(".ssh"));
    Files.createDirectories(home.resolve("libexec/git-core"));
    Files.createDirectories(home.resolve("share/repofleet"));
    Files.writeString(home.resolve("package.json"), "{\"name\":\"notes\"}");
    Path git = executable(home.resolve("bin/git"));
    Files.writeString(git, "#!/bin/sh\necho " + home + "/libexec/git-core\n");
    Path claude = executable(home.resolve("bin/claude"));
    Map<String, String> environment = Map.of("PATH", home.resolve("bin").toString());
    assertThat(Toolchain.find(environment).mounts())
        .extracting(mount -> home.toRealPath().relativize(mount.source()).toString())
        .containsExactly("bin", "libexec");
    assertThat(ClaudeInstall.find(environment).orElseThrow().mount().source())
        .isEqualTo(claude.toRealPath());
  }

  private static Path executable(Path path) throws Exception {
    Path parent = path.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.writeString(path, "#!/bin/sh\n");
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
