package dev.repofleet.e2b.local.simulated;

/** A refused file operation. */
public final class FileFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why it was refused. */
  public enum Kind {
    /** There is nothing at the path. */
    MISSING("No such file or directory"),
    /** There is something at the path already. */
    EXISTS("File exists"),
    /** A part of the path is a file. */
    NOT_A_DIRECTORY("Not a directory"),
    /** The path is a directory. */
    IS_A_DIRECTORY("Is a directory"),
    /** The user may not. */
    DENIED("Permission denied");

    private final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  private final Kind kind;

  FileFault(Kind kind, String path) {
    super(path + ": " + kind.text);
    this.kind = kind;
  }

  /**
   * Why it was refused.
   *
   * @return the kind
   */
  public Kind kind() {
    return kind;
  }
}
