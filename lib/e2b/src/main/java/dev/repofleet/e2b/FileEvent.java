package dev.repofleet.e2b;

/**
 * A change in a watched directory.
 *
 * @param kind what happened
 * @param name the file's path relative to the directory; empty for {@link Kind#OVERFLOWED}
 */
public record FileEvent(Kind kind, String name) {
  /** What can happen. */
  public enum Kind {
    /** A file or directory came to be, or was moved here. */
    CREATED,
    /** Content was written. A file of several writes has several of these. */
    WRITTEN,
    /** It was removed. */
    REMOVED,
    /** It was moved away from this name. */
    RENAMED,
    /** Permissions or times changed. */
    ATTRIBUTES_CHANGED,
    /** Events were lost, because nobody took them: look at the whole directory anew. */
    OVERFLOWED,
    /** Something this client does not know. */
    OTHER
  }

  static FileEvent of(EnvdWire.FilesystemEvent event) {
    Kind kind =
        switch (event.type() == null ? "" : event.type()) {
          case "EVENT_TYPE_CREATE" -> Kind.CREATED;
          case "EVENT_TYPE_WRITE" -> Kind.WRITTEN;
          case "EVENT_TYPE_REMOVE" -> Kind.REMOVED;
          case "EVENT_TYPE_RENAME" -> Kind.RENAMED;
          case "EVENT_TYPE_CHMOD" -> Kind.ATTRIBUTES_CHANGED;
          default -> Kind.OTHER;
        };
    return new FileEvent(kind, event.name() == null ? "" : event.name());
  }
}
