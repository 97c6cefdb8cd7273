package dev.repofleet.worker.activity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.worker.git.TestGit;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeldFolderTest {
  /** Java's locks are those of lockf. */
  private static final String HOLD =
      """
      import fcntl, sys
      file = open(sys.argv[1], 'r+')
      fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
      print('held', flush=True)
      sys.stdin.read()
      """;

  @TempDir private Path temporary;

  private Path left(String name) throws IOException {
    Path folder = temporary.resolve(name);
    TestGit.write(folder.resolve("repository.git/objects/pack/tmp_pack_1"), "much");
    TestGit.write(folder.resolve("lock"), "");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    return folder;
  }

  @Test
  void whatAKilledWorkerLeftIsDeleted() throws IOException {
    Path folder = left("repofleet-held-1");
    HeldFolder.deleteLeft(temporary);
    assertThat(folder).doesNotExist();
  }

  @Test
  void whatAnotherProcessHoldsStaysUntilItDies() throws Exception {
    Path folder = left("repofleet-held-1");
    Process holder =
        new ProcessBuilder("python3", "-c", HOLD, folder.resolve("lock").toString()).start();
    try (BufferedReader told = holder.inputReader()) {
      assertThat(told.readLine()).isEqualTo("held");
      HeldFolder.deleteLeft(temporary);
      assertThat(folder.resolve("repository.git/objects/pack/tmp_pack_1")).exists();
    } finally {
      holder.destroyForcibly().waitFor();
    }
    HeldFolder.deleteLeft(temporary);
    assertThat(folder).doesNotExist();
  }

  @Test
  void whatThisProcessHoldsStaysHeldAndGoesWhenItIsClosed() throws IOException {
    try (HeldFolder folder = HeldFolder.make(temporary)) {
      HeldFolder.deleteLeft(temporary);
      assertThat(folder.path()).exists();
      TestGit.Ended other =
          TestGit.run(
              temporary,
              Map.of(),
              List.of("python3", "-c", HOLD, folder.path().resolve("lock").toString()));
      assertThat(other.stdout()).as("another process gets no lock").isEmpty();
      TestGit.write(folder.path().resolve("home/file"), "of Git's");
    }
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void foldersOfOthersStay() throws IOException {
    Path starters = Files.createDirectory(temporary.resolve("repofleet-held-1"));
    Path others = left("something-else");
    HeldFolder.deleteLeft(temporary);
    assertThat(List.of(starters, others)).allMatch(Files::exists);
  }

  /** They could put links there while it is deleted. */
  @Test
  void aFolderThatOthersMayChangeStays() throws IOException {
    Path folder = left("repofleet-held-1");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    HeldFolder.deleteLeft(temporary);
    assertThat(folder.resolve("lock")).exists();
  }

  @Test
  void whatALinkLeadsToStays() throws IOException {
    Path others = left("something-else");
    Files.createSymbolicLink(temporary.resolve("repofleet-held-1"), others);
    HeldFolder.deleteLeft(temporary);
    assertThat(others.resolve("lock")).exists();
  }
}
