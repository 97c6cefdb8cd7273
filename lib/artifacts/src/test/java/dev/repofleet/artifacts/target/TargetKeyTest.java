package dev.repofleet.artifacts.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.Sha256;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetKeyTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://github.com/o/r",
        "https://github.com/o/r.git",
        "https://GitHub.com:443/o/r/",
        "http://github.com:80/o/r",
        "ssh://git@github.com/o/r.git",
        "ssh://git@github.com:22/o/r",
        "git@github.com:o/r.git",
        "git@GITHUB.com:o/r",
        "git@github.com:/o/r/",
        "o/r",
      })
  void everySpellingOfARepositoryIsTheSame(String typed) {
    TargetSpec spec = new TargetParser(path -> false).parse(typed);
    assertThat(CanonicalTarget.ofUrl(spec.url()))
        .isEqualTo(new CanonicalTarget("github.com/o/r", "github.com", "o", "r"));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "https://h:8443/a/b/c, h:8443/a/b/c, h:8443, a/b, c",
        "http://h:443/a/c, h:443/a/c, h:443, a, c",
        "ssh://git@h:2222/c.git, h:2222/c, h:2222, -, c",
        "https://h/A/B, h/A/B, h, A, B",
        "https://[::1]:3000/a/b, [::1]:3000/a/b, [::1]:3000, a, b",
      })
  void portsFoldersAndCaseOfThePathAreKept(
      String url, String canonical, String host, String owner, String name) {
    assertThat(CanonicalTarget.ofUrl(url))
        .isEqualTo(new CanonicalTarget(canonical, host, owner, name));
  }

  @Test
  void aFolderIsItsRealPath() {
    assertThat(CanonicalTarget.ofPath(Path.of("/srv/My Repo")))
        .isEqualTo(new CanonicalTarget("path:/srv/My Repo", null, null, "My Repo"));
    assertThatThrownBy(() -> CanonicalTarget.ofPath(Path.of("repo")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theKeyIsPinned() {
    CanonicalTarget target = CanonicalTarget.ofUrl("https://h.example/Owner/Name.git");
    String hash = Sha256.ofText("h.example/Owner/Name\nv1\nsrc/a\n").substring(0, 10);
    assertThat(TargetKey.of(target, "v1", "src/a")).isEqualTo("owner-name-src-a-" + hash);
    assertThat(TargetKey.of(CanonicalTarget.ofUrl("git@github.com:o/r"), null, null))
        .isEqualTo("o-r-d142a7f9ac");
  }

  @Test
  void whereTheHostMakesNoDifferenceLetterCaseMakesNone() {
    for (String host : Set.of("github.com", "gitlab.com")) {
      CanonicalTarget target = CanonicalTarget.ofUrl("git@" + host + ":Group/Sub/Name.git");
      CanonicalTarget lower = CanonicalTarget.ofUrl("https://" + host + "/group/sub/name");
      assertThat(target)
          .isEqualTo(new CanonicalTarget(host + "/group/sub/name", host, "Group/Sub", "Name"));
      assertThat(target.spelled()).isEqualTo(host + "/Group/Sub/Name");
      assertThat(TargetKey.of(target, "Ref", "Sub")).isEqualTo(TargetKey.of(lower, "Ref", "Sub"));
      assertThat(TargetKey.of(target, "Ref", "Sub"))
          .isNotEqualTo(TargetKey.of(lower, "ref", "Sub"))
          .isNotEqualTo(TargetKey.of(lower, "Ref", "sub"));
    }
  }

  @Test
  void refSubpathAndOverridesMakeAnotherKey() {
    CanonicalTarget target = CanonicalTarget.ofUrl("https://h/o/r");
    assertThat(
            Set.of(
                TargetKey.of(target, null, null),
                TargetKey.of(target, "a", null),
                TargetKey.of(target, null, "a"),
                TargetKey.of(target, "a", "a"),
                TargetKey.of(target, null, null, "{\"a\":1}")))
        .hasSize(5);
  }

  @ParameterizedTest
  @CsvSource({
    "/srv/.hidden, hidden-",
    "/srv/--, repository-",
    "/srv/Ünï cödé, n-c-d-",
    "/srv/a..b, a.b-",
    "/, root-",
  })
  void theSlugIsSafeWhateverTheName(String path, String begin) {
    String key = TargetKey.of(CanonicalTarget.ofPath(Path.of(path)), null, null);
    assertThat(key).startsWith(begin).matches("[a-z0-9][a-z0-9._-]{0,59}-[0-9a-f]{10}");
  }

  @Test
  void aLongNameIsCutToSixtyCharacters() {
    String url = "https://h/" + "owner".repeat(30) + "/" + "name".repeat(30);
    String key = TargetKey.of(CanonicalTarget.ofUrl(url), null, null);
    assertThat(key).hasSize(60 + 1 + 10);
    assertThat(ArtifactPaths.review("b", key)).startsWith("reviews/b/owner");
    assertThat(ArtifactUri.of(ArtifactPaths.review("b", key))).startsWith("artifact:reviews/");
  }
}
