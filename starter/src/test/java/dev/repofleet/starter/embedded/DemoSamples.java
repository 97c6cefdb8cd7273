package dev.repofleet.starter.embedded;

import java.nio.file.Path;
import java.util.List;

/** The demo's sample repositories, for tests of other packages. */
public final class DemoSamples {
  private DemoSamples() {}

  /** Makes them in a folder; returns theirs. */
  public static List<Path> in(Path folder) {
    return SampleRepositories.in(folder);
  }
}
