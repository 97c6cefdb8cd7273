package dev.repofleet.artifacts;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where a machine keeps what RepoFleet leaves there; read once from the environment.
 *
 * @param data {@code REPOFLEET_DATA}, else {@code ${XDG_DATA_HOME:-~/.local/share}/repofleet}
 * @param artifacts a location for {@link ArtifactStores#open}: {@code REPOFLEET_ARTIFACTS}, else
 *     {@code <data>/artifacts}
 */
public record DataFolders(Path data, String artifacts) {
  /**
   * Reads the three variables; a relative {@code XDG_DATA_HOME} is ignored, as its specification
   * asks.
   */
  public static DataFolders of(Map<String, String> environment, Path home) {
    String named = environment.getOrDefault("REPOFLEET_DATA", "").strip();
    if (!named.isEmpty()) {
      return withArtifacts(environment, Path.of(named).toAbsolutePath().normalize());
    }
    String xdg = environment.getOrDefault("XDG_DATA_HOME", "");
    Path dataHome = xdg.startsWith("/") ? Path.of(xdg) : home.resolve(".local/share");
    return withArtifacts(environment, dataHome.resolve("repofleet"));
  }

  /** As {@link #of}, for a data folder that a person named, as by {@code --data}. */
  public static DataFolders withArtifacts(Map<String, String> environment, Path data) {
    String artifacts = environment.getOrDefault("REPOFLEET_ARTIFACTS", "").strip();
    if (artifacts.isEmpty()) {
      return new DataFolders(data, data.resolve("artifacts").toString());
    }
    return new DataFolders(data, artifacts.contains("://") ? artifacts : absolute(artifacts));
  }

  /** A folder is the same for whoever is told of it, wherever that is. */
  private static String absolute(String folder) {
    try {
      return Path.of(folder).toAbsolutePath().normalize().toString();
    } catch (InvalidPathException e) {
      return folder; // Whoever opens it says so.
    }
  }
}
