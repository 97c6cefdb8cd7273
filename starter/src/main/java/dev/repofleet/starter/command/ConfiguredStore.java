package dev.repofleet.starter.command;

import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.DataFolders;

/** Opens the artifact store that a person has named. Stateless. */
public final class ConfiguredStore {
  private ConfiguredStore() {}

  /**
   * The one that this world's environment names.
   *
   * @throws CommandException as {@link #at}
   */
  public static ArtifactStore of(CommandContext context) {
    return at(DataFolders.of(context.environment(), context.home()).artifacts());
  }

  /**
   * The one at a location.
   *
   * @throws CommandException with exit code 2 when that can't be a store, with 5 when it can't be
   *     reached
   */
  public static ArtifactStore at(String location) {
    try {
      return ArtifactStores.open(location);
    } catch (IllegalArgumentException e) {
      throw CommandException.wrongUse(String.valueOf(e.getMessage()));
    } catch (ArtifactException e) {
      throw CommandException.unreachable(String.valueOf(e.getMessage()), e);
    }
  }
}
