package dev.repofleet.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.result.NotCarried;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What holds of every file of JSON in the store. */
class ArtifactJsonTest {
  @Test
  void unknownKeysAreIgnoredAndErrorsNameFileAndType() {
    assertThat(
            ArtifactJson.read("{\"path\":\"a\",\"reason\":\"r\",\"x\":1}", NotCarried.class, "n"))
        .isEqualTo(new NotCarried("a", "r"));
    for (String bad : List.of("", "null", "{", "[]", "{\"path\":\"\"}", "{} {}")) {
      assertThatThrownBy(() -> ArtifactJson.read(bad, NotCarried.class, "the file"))
          .isInstanceOf(ArtifactCorruptException.class)
          .hasMessageStartingWith("the file")
          .hasMessageContaining("NotCarried");
    }
  }

  @Test
  void canonicalTextIsTheSameForTheSameValue() {
    assertThat(
            ArtifactJson.canonical(
                ArtifactJson.read("{\"b\":{\"d\":1,\"c\":null},\"a\":[2]}", JsonNode.class, "x")))
        .isEqualTo("{\"a\":[2],\"b\":{\"c\":null,\"d\":1}}");
  }
}
