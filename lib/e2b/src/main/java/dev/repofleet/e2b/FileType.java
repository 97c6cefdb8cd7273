package dev.repofleet.e2b;

/** What a path is. A link to a file reads {@code FILE}: envd reports the target's type. */
public enum FileType {
  /** A regular file. */
  FILE,
  /** A directory. */
  DIRECTORY,
  /** A symbolic link that leads nowhere envd could tell. */
  SYMLINK,
  /** A device, socket, pipe, or something envd does not name. */
  OTHER
}
