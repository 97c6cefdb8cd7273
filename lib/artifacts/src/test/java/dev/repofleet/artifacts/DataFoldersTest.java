package dev.repofleet.artifacts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Where a person's data lie. */
class DataFoldersTest {
  @Test
  void foldersComeFromTheEnvironment() {
    Path home = Path.of("/home/me");
    assertThat(DataFolders.of(Map.of(), home))
        .isEqualTo(
            new DataFolders(
                Path.of("/home/me/.local/share/repofleet"),
                "/home/me/.local/share/repofleet/artifacts"));
    assertThat(DataFolders.of(Map.of("XDG_DATA_HOME", "/x"), home).data())
        .isEqualTo(Path.of("/x/repofleet"));
    assertThat(DataFolders.of(Map.of("XDG_DATA_HOME", "x"), home).data())
        .isEqualTo(Path.of("/home/me/.local/share/repofleet"));
    assertThat(
            DataFolders.of(Map.of("REPOFLEET_DATA", "/d", "REPOFLEET_ARTIFACTS", "s3://b/p"), home))
        .isEqualTo(new DataFolders(Path.of("/d"), "s3://b/p"));
    assertThat(
            DataFolders.of(
                Map.of("REPOFLEET_DATA", " /d ", "REPOFLEET_ARTIFACTS", "/shared\n"), home))
        .isEqualTo(new DataFolders(Path.of("/d"), "/shared"));
    assertThat(DataFolders.of(Map.of("REPOFLEET_ARTIFACTS", "shared/../results"), home).artifacts())
        .as("the same in another folder")
        .isEqualTo(Path.of("results").toAbsolutePath().toString());
  }
}
