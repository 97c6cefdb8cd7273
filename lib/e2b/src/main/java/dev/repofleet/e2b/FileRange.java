package dev.repofleet.e2b;

import java.util.OptionalLong;

/** A part of a file, as long as what was there and asked for. Immutable. */
public final class FileRange {
  private final long offset;
  private final byte[] bytes;
  private final long fileSize;

  FileRange(long offset, byte[] bytes, long fileSize) {
    this.offset = offset;
    this.bytes = bytes;
    this.fileSize = fileSize;
  }

  /** Where the part begins, as asked. */
  public long offset() {
    return offset;
  }

  /** The bytes; the array is not copied and not to be changed. Empty at or behind the end. */
  public byte[] bytes() {
    return bytes;
  }

  /** Where to read on: the offset and what was read. */
  public long nextOffset() {
    return offset + bytes.length;
  }

  /** Nothing at this offset, or not yet. */
  public boolean isEmpty() {
    return bytes.length == 0;
  }

  /** The whole file's size at that moment, if told; smaller than the offset if it was cut. */
  public OptionalLong fileSize() {
    return fileSize < 0 ? OptionalLong.empty() : OptionalLong.of(fileSize);
  }

  @Override
  public String toString() {
    return "FileRange[offset=%d, %d bytes, fileSize=%d]".formatted(offset, bytes.length, fileSize);
  }
}
