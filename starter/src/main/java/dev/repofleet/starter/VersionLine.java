package dev.repofleet.starter;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class VersionLine implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version =
        Objects.requireNonNullElse(
            VersionLine.class.getPackage().getImplementationVersion(), "development");
    return new String[] {"RepoFleet " + version + " (Java " + Runtime.version().feature() + ")"};
  }
}
