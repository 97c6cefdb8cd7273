package dev.repofleet.artifacts;

import java.util.AbstractList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;

/**
 * All rows of a manifest as a list that reads them by page when they are asked for: a million rows
 * take no more memory than some thousands. Unmodifiable; for one thread; holds nothing open.
 */
public final class ManifestRows extends AbstractList<TargetRow> implements RandomAccess {
  private static final int PAGE = 256;

  /** Those in work lie close together, but for a few that take long or wait for a person. */
  private static final int PAGES = 16;

  private final ManifestReader reader;
  private final int size;
  private final Map<Integer, List<TargetRow>> pages =
      new LinkedHashMap<>(PAGES, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, List<TargetRow>> eldest) {
          return size() > PAGES;
        }
      };

  /** The rows of this manifest, of which none is read yet. */
  public ManifestRows(ManifestReader reader) {
    this.reader = reader;
    this.size = Math.toIntExact(reader.manifest().count());
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
    List<TargetRow> page = pages.get(index / PAGE);
    if (page == null) {
      page = reader.readPage((long) index / PAGE * PAGE, PAGE);
      pages.put(index / PAGE, page);
    }
    return page.get(index % PAGE);
  }
}
