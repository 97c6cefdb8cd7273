package dev.repofleet.artifacts.target;

import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.RecentlyUsed;
import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * All rows of one or more manifests as a list that reads them by page when they are asked for: a
 * million rows take no more memory than some thousands. Unmodifiable; for one thread; holds nothing
 * open.
 */
public final class ManifestRows extends AbstractList<TargetRow> implements RandomAccess {
  private static final int PAGE = 256;

  /** Those in work lie close together, but for a few that take long or wait for a person. */
  private static final int PAGES = 16;

  private final List<ManifestReader> readers;

  /** Index of the first row of each reader. */
  private final int[] starts;

  private final int size;
  private final RecentlyUsed<Integer, List<TargetRow>> pages = new RecentlyUsed<>(PAGES);

  /** The rows of these manifests one after the other, counted on; none is read yet. */
  public ManifestRows(List<ManifestReader> readers) {
    this.readers = List.copyOf(readers);
    this.starts = new int[readers.size()];
    int next = 0;
    for (int i = 0; i < starts.length; i++) {
      starts[i] = next;
      next = Math.addExact(next, Math.toIntExact(readers.get(i).manifest().count()));
    }
    this.size = next;
  }

  @Override
  public int size() {
    return size;
  }

  /**
   * One row; may read a page.
   *
   * @throws ArtifactException when the store fails
   * @throws ArtifactCorruptException when a row of the page is not valid
   */
  @Override
  public TargetRow get(int index) {
    Objects.checkIndex(index, size);
    int which = starts.length - 1;
    while (starts[which] > index) {
      which--;
    }
    int inside = index - starts[which];
    int first = inside / PAGE * PAGE;
    List<TargetRow> page = pages.get(starts[which] + first);
    if (page == null) {
      page = readers.get(which).readPage(first, PAGE);
      pages.put(starts[which] + first, page);
    }
    TargetRow row = page.get(inside - first);
    return which == 0 ? row : row.at(index);
  }
}
