package dev.repofleet.artifacts;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What every kind of store does alike once it can write and read streams. */
abstract class StreamStore implements ArtifactStore {

  abstract ArtifactRef putNamed(String path, InputStream content);

  abstract ArtifactRef createNamed(String path, InputStream content);

  /** The failure of an action on this store. */
  abstract ArtifactException failed(String what, IOException e);

  @Override
  public final ArtifactRef put(byte[] content) {
    return put(new ByteArrayInputStream(content));
  }

  @Override
  public final ArtifactRef put(Path content) {
    return fromFile(content, this::put);
  }

  @Override
  public final ArtifactRef putNamed(String path, byte[] content) {
    return putNamed(path, new ByteArrayInputStream(content));
  }

  @Override
  public final ArtifactRef putNamed(String path, Path content) {
    return fromFile(content, in -> putNamed(path, in));
  }

  @Override
  public final ArtifactRef createNamed(String path, byte[] content) {
    return createNamed(path, new ByteArrayInputStream(content));
  }

  @Override
  public final ArtifactRef createNamed(String path, Path content) {
    return fromFile(content, in -> createNamed(path, in));
  }

  @Override
  public final byte[] read(String uri, long maxBytes) {
    return readAll(uri, open(uri), maxBytes);
  }

  @Override
  public final byte[] read(ArtifactRef ref, long maxBytes) {
    return readAll(ref.uri(), open(ref), maxBytes);
  }

  @Override
  public final Optional<byte[]> readIfPresent(String uri, long maxBytes) {
    try {
      return Optional.of(read(uri, maxBytes));
    } catch (ArtifactNotFoundException e) {
      return Optional.empty();
    }
  }

  @Override
  public final List<String> list(String folder) {
    List<String> uris = new ArrayList<>();
    visit(folder, found -> uris.add(found.uri()));
    uris.sort(Comparator.naturalOrder());
    return List.copyOf(uris);
  }

  private byte[] readAll(String uri, InputStream opened, long maxBytes) {
    try (InputStream in = opened) {
      int limit = (int) Math.min(maxBytes, Integer.MAX_VALUE - 16L);
      byte[] content = in.readNBytes(limit);
      // Reading on to the end is what checks the hash.
      if (in.read() >= 0) {
        throw new ArtifactTooLongException(uri + " is longer than " + limit + " bytes");
      }
      return content;
    } catch (IOException e) {
      throw failed("read " + uri, e);
    }
  }

  /** Checks what is read of an artifact; one that is cut to nothing is told at once. */
  static InputStream checked(InputStream in, String uri, String sha256, long size)
      throws IOException {
    if (size == 0 && !sha256.equals(Sha256.of(new byte[0]))) {
      in.close();
      throw new ArtifactCorruptException(uri + " is empty");
    }
    return new CheckedStream(in, uri, sha256);
  }

  private interface FromStream {
    ArtifactRef write(InputStream in);
  }

  private static ArtifactRef fromFile(Path file, FromStream write) {
    try (InputStream in = Files.newInputStream(file)) {
      return write.write(in);
    } catch (IOException e) {
      throw new ArtifactException("cannot read " + file + " to store it: " + e, e);
    }
  }
}
