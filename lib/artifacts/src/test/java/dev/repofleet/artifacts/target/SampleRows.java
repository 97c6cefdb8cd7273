package dev.repofleet.artifacts.target;

/** Rows of a manifest, each of a repository of its own. */
public final class SampleRows {
  private SampleRows() {}

  public static TargetRow row(int index) {
    TargetSpec spec = new TargetParser(path -> false).parse("owner/name-" + index);
    CanonicalTarget canonical = CanonicalTarget.ofUrl(spec.url());
    return TargetRow.git(index, TargetKey.of(canonical, null, null), spec, canonical);
  }
}
