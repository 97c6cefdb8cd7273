package dev.repofleet.e2b;

/** What became of a file, in Git's words. */
public enum GitChange {
  /** Nothing. */
  UNCHANGED('.'),
  /** Its content is another. */
  MODIFIED('M'),
  /** A file became a link, or the like. */
  TYPE_CHANGED('T'),
  /** It is new. */
  ADDED('A'),
  /** It is gone. */
  DELETED('D'),
  /** It has another name. */
  RENAMED('R'),
  /** It is a copy of another. */
  COPIED('C'),
  /** Both sides of a merge changed it. */
  UNMERGED('U'),
  /** Git does not know the file. */
  UNTRACKED('?');

  private final char letter;

  GitChange(char letter) {
    this.letter = letter;
  }

  static GitChange of(char letter) {
    for (GitChange change : values()) {
      if (change.letter == letter) {
        return change;
      }
    }
    // A letter of a later Git: something did change.
    return MODIFIED;
  }
}
