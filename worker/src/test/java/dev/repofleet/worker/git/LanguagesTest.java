package dev.repofleet.worker.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.worker.git.Languages.Share;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LanguagesTest {
  @Test
  void sharesAreOfWhatIsInKnownLanguages() {
    assertThat(
            Languages.mostCommon(
                Map.of("java", 600L, "kt", 200L, "kts", 190L, "py", 6L, "sh", 4L, "png", 5_000L)))
        .containsExactly(
            new Share("Java", 60),
            new Share("Kotlin", 39),
            new Share("Python", 1),
            new Share("Shell", 0));
  }

  @Test
  void aRepositoryWithoutCodeHasNone() {
    assertThat(Languages.mostCommon(Map.of("png", 1L))).isEmpty();
    assertThat(Languages.mostCommon(Map.of("go", 0L))).containsExactly(new Share("Go", 0));
  }
}
