package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MetadataFilterTest {
  @Test
  void encodesThreeTimesAsTheOfficialSdkWasSeenTo() {
    assertThat(MetadataFilter.encode(Map.of("app", "rev iew", "k", "a=b&c")))
        .isEqualTo("app%3Drev%252520iew%26k%3Da%25253Db%252526c");
  }

  @Test
  void leavesPlainWordsReadable() {
    assertThat(MetadataFilter.encode(Map.of("k", "v-1.2_3~4"))).isEqualTo("k%3Dv-1.2_3~4");
  }

  @Test
  void encodesTextOutsideAsciiAsUtf8() {
    assertThat(MetadataFilter.encode(Map.of("k", "ß"))).isEqualTo("k%3D%2525C3%25259F");
  }
}
