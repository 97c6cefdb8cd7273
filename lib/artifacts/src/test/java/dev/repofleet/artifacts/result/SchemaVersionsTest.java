package dev.repofleet.artifacts.result;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.finding.TriageDecision;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaVersionsTest {

  @ParameterizedTest
  @ValueSource(
      classes = {
        BatchResult.class,
        RepositoryResult.class,
        CachedResult.class,
        Checkpoint.class,
        TriageDecision.class
      })
  void a_file_of_a_newer_program_says_which_one_to_use(Class<?> type) {
    assertThatThrownBy(() -> ArtifactJson.read("{\"schemaVersion\":2}", type, "x.json"))
        .isInstanceOf(ArtifactCorruptException.class)
        .hasMessageContaining("x.json")
        .hasMessageContaining(
            "it has schemaVersion 2, this program reads 1: a newer RepoFleet wrote it, use that one");
  }

  @ParameterizedTest
  @ValueSource(classes = {BatchResult.class, RepositoryResult.class})
  void a_file_without_a_version_is_none_of_ours(Class<?> type) {
    assertThatThrownBy(() -> ArtifactJson.read("{}", type, "x.json"))
        .isInstanceOf(ArtifactCorruptException.class)
        .hasMessageContaining("schemaVersion 0");
  }
}
