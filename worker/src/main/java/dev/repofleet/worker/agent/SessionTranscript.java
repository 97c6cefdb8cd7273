package dev.repofleet.worker.agent;

import dev.repofleet.e2b.FileEntry;
import dev.repofleet.e2b.FileType;
import dev.repofleet.e2b.NotFoundException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.checkpoint.SavedTranscript;

/**
 * A session's transcript as long as it was when it was looked at. Its path is the agent's to write:
 * it is read with the agent's rights, and only when it is a file, no link, of a size that a session
 * may have. Throws what {@link dev.repofleet.e2b.Files} throws. For one thread.
 */
final class SessionTranscript {
  private static final int READ_BYTES = 1 << 20;

  private final Sandbox agent;
  private final String path;
  private final long length;

  private SessionTranscript(Sandbox agent, String path, long length) {
    this.agent = agent;
    this.path = path;
    this.length = length;
  }

  /** Looks at the file of that path. */
  static SessionTranscript of(Sandbox agent, String path) {
    return new SessionTranscript(agent, path, length(agent, path));
  }

  private static long length(Sandbox agent, String path) {
    try {
      FileEntry entry = agent.files().stat(path);
      boolean sound =
          entry.type() == FileType.FILE
              && entry.symlinkTarget() == null
              && entry.size() <= SavedTranscript.MAX_LENGTH;
      return sound ? entry.size() : 0;
    } catch (NotFoundException e) {
      return 0;
    }
  }

  /** In bytes; 0 when there is none, or something that can't be one. */
  long length() {
    return length;
  }

  /** Whether a prompt stands in it after its first {@code from} bytes. */
  boolean promptAfter(long from) {
    PromptSearch search = new PromptSearch(0);
    read(
        from,
        (bytes, count) -> {
          search.accept(bytes, count);
          return !search.found();
        });
    search.end();
    return search.found();
  }

  /** Reads what is behind its first {@code from} bytes, until the reader has enough. */
  void read(long from, Reader reader) {
    for (long at = from; at < length; ) {
      byte[] bytes = agent.files().readRange(path, at, READ_BYTES).bytes();
      if (bytes.length == 0 || !reader.goesOn(bytes, bytes.length)) {
        return;
      }
      at += bytes.length;
    }
  }

  /** Takes one piece after the other. */
  interface Reader {
    boolean goesOn(byte[] bytes, int count);
  }
}
