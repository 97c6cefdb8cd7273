package dev.repofleet.starter.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.starter.command.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataFolderLockTest {
  @TempDir Path folder;

  @Test
  void aSecondStackOnTheSameFolderIsRefusedByName() {
    Path data = folder.resolve("data");
    try (DataFolderLock held = DataFolderLock.take(data)) {
      assertThat(held).isNotNull();
      assertThatThrownBy(() -> DataFolderLock.take(data))
          .isInstanceOfSatisfying(
              CommandException.class, e -> assertThat(e.getExitCode()).isEqualTo(2))
          .hasMessageContaining(data.toString())
          .hasMessageContaining("--data")
          .hasMessageContaining(Long.toString(ProcessHandle.current().pid()));
    }
  }

  @Test
  void theFolderIsFreeAgainAfterwards() {
    Path data = folder.resolve("data");
    DataFolderLock.take(data).close();

    DataFolderLock.take(data).close();
  }

  @Test
  void aFolderThatCantBeMadeIsWrongUse() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    assertThatThrownBy(() -> DataFolderLock.take(file.resolve("data")))
        .isInstanceOfSatisfying(
            CommandException.class, e -> assertThat(e.getExitCode()).isEqualTo(2))
        .hasMessageContaining(file.toString());
  }

  @Test
  void aSecretIsMadeUpOnceAndReadableByItsOwnerAlone() throws IOException {
    Path file = folder.resolve("key");
    SecureRandom random = new SecureRandom();

    String first = PrivateFiles.secret(file, "e2b_", random);
    String second = PrivateFiles.secret(file, "e2b_", random);

    assertThat(first).matches("e2b_[0-9a-f]{40}").isEqualTo(second);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }
}
