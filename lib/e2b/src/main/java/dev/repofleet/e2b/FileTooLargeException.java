package dev.repofleet.e2b;

/** A file is larger than the caller was ready to hold in memory. Nothing was changed. */
public final class FileTooLargeException extends E2bException {
  private final long maxBytes;

  /**
   * @param maxBytes the bound that was passed
   */
  public FileTooLargeException(String message, long maxBytes) {
    super(message, null);
    this.maxBytes = maxBytes;
  }

  /** The bound that was passed, in bytes. */
  public long maxBytes() {
    return maxBytes;
  }
}
