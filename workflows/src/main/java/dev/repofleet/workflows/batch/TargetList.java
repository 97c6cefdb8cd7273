package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.order.ManifestRef;
import java.util.ArrayList;
import java.util.List;

/**
 * The targets of a batch: those of the manifest it began with, then those of each that was added,
 * numbered through from 0. Not thread-safe.
 */
final class TargetList {
  private final List<ManifestRef> manifests = new ArrayList<>();
  private int count;

  TargetList(ManifestRef first) {
    add(first);
  }

  /** Behind those there are. */
  void add(ManifestRef manifest) {
    manifests.add(manifest);
    count += manifest.count();
  }

  int count() {
    return count;
  }

  /** Without the one that the batch began with. */
  List<ManifestRef> added() {
    return manifests.subList(1, manifests.size());
  }

  /** Where the targets of each added manifest begin. */
  List<Place> beginnings() {
    List<Place> beginnings = new ArrayList<>();
    int first = manifests.get(0).count();
    for (ManifestRef manifest : added()) {
      beginnings.add(new Place(manifest, first, first));
      first += manifest.count();
    }
    return beginnings;
  }

  /**
   * Where a target is found.
   *
   * @throws IllegalArgumentException when there is none of that index
   */
  Place place(int index) {
    int first = 0;
    for (ManifestRef manifest : manifests) {
      if (index < first + manifest.count()) {
        return new Place(manifest, first, index);
      }
      first += manifest.count();
    }
    throw new IllegalArgumentException("there is no target " + index + " of " + count);
  }

  /**
   * A target's place in the manifests.
   *
   * @param first index of the manifest's first target
   */
  record Place(ManifestRef manifest, int first, int index) {
    /** Of the target in its manifest. */
    int offset() {
      return index - first;
    }
  }
}
