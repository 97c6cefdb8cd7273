package dev.repofleet.worker.forge;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * What a forge listed.
 *
 * @param repositories each once, by name
 * @param notes sentences on what may be missing, for people
 */
public record ForgeListing(List<ForgeRepository> repositories, List<String> notes) {
  public ForgeListing {
    repositories = List.copyOf(repositories);
    notes = List.copyOf(notes);
  }

  static ForgeListing sorted(Collection<ForgeRepository> repositories, List<String> notes) {
    return new ForgeListing(
        repositories.stream()
            .sorted(
                Comparator.comparing(ForgeRepository::fullName, String.CASE_INSENSITIVE_ORDER)
                    .thenComparing(ForgeRepository::id))
            .toList(),
        notes);
  }
}
