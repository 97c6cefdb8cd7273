package dev.repofleet.artifacts.target;

import static dev.repofleet.artifacts.GoldenFile.isGolden;

import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactUri;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A row of a manifest, as it is written. */
class TargetRowJsonTest {
  private static final String HASH = "ab".repeat(32);

  @Test
  void aManifestRowHasItsShape() throws IOException {
    isGolden(SampleRows.row(3), "row-git.json");
    TargetSpec spec = new TargetParser(path -> false).parse("./work@v1#src");
    CanonicalTarget canonical = CanonicalTarget.ofPath(Path.of("/srv/work"));
    isGolden(
        TargetRow.bundle(
            0,
            TargetKey.of(canonical, "v1", "src"),
            spec,
            canonical,
            "c0ffee",
            new ArtifactRef(ArtifactUri.of("objects/ab/" + HASH), HASH, 42)),
        "row-bundle.json");
    isGolden(
        TargetRow.unusable(
            1,
            TargetKey.of(canonical, "v1", "src"),
            spec,
            canonical,
            "git_not_found",
            "'./work@v1#src' has no branch, tag or commit 'v1'"),
        "row-unusable.json");
  }
}
