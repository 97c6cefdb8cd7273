package dev.repofleet.e2b;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.zip.GZIPOutputStream;

/**
 * The files of one copy as a compressed tar in a temporary file, and their hash. To be closed,
 * which removes the file.
 *
 * <p>The hash is SHA-256 over {@code COPY <source> <destination>} and, by name, each entry's path,
 * mode, size and content or target. Times are not in it, nor a folder's size, which differs from
 * one file system to the next: what is the same to a build has the same hash.
 */
final class TemplateArchive implements AutoCloseable {
  private static final int FILE_BITS = 0100000;
  private static final int FOLDER_BITS = 0040000;

  private final String hash;
  private final Path file;

  private TemplateArchive(String hash, Path file) {
    this.hash = hash;
    this.file = file;
  }

  static TemplateArchive of(TemplateCopy copy) throws IOException {
    SortedMap<String, Path> entries = ContextFiles.of(copy.context()).of(copy.source());
    if (entries.isEmpty()) {
      throw new IOException(
          "nothing in %s is \"%s\", or .dockerignore leaves it out"
              .formatted(copy.context(), copy.source()));
    }
    Path file = Files.createTempFile("e2b-files-", ".tar.gz");
    try {
      MessageDigest digest = sha256();
      update(digest, "COPY " + copy.source() + " " + copy.destination());
      try (OutputStream out =
          new GZIPOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
        TarWriter tar = new TarWriter(out);
        for (Map.Entry<String, Path> entry : entries.entrySet()) {
          add(entry.getKey(), entry.getValue(), tar, out, digest);
        }
        tar.end();
      }
      return new TemplateArchive(HexFormat.of().formatHex(digest.digest()), file);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static void update(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void add(
      String name, Path path, TarWriter tar, OutputStream out, MessageDigest digest)
      throws IOException {
    BasicFileAttributes found =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (found.isOther()) {
      throw new IOException(name + " is neither a file nor a folder nor a link");
    }
    boolean link = found.isSymbolicLink();
    String target = link ? Files.readSymbolicLink(path).toString() : "";
    long size = found.isRegularFile() ? found.size() : 0;
    int mode = mode(path, found);
    char type = link ? '2' : found.isDirectory() ? '5' : '0';
    update(digest, name + mode + (link ? target.getBytes(StandardCharsets.UTF_8).length : size));
    update(digest, target);
    tar.begin(
        new TarWriter.Entry(
            found.isDirectory() ? name + "/" : name,
            type,
            mode,
            found.lastModifiedTime().toInstant(),
            size,
            target));
    if (found.isRegularFile()) {
      content(path, size, out, digest);
      tar.pad(size);
    }
  }

  private static void content(Path path, long size, OutputStream out, MessageDigest digest)
      throws IOException {
    long left = size;
    byte[] chunk = new byte[64 << 10];
    try (InputStream in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        left -= count;
        if (left < 0) {
          break;
        }
        digest.update(chunk, 0, count);
        out.write(chunk, 0, count);
      }
    }
    if (left != 0) {
      throw new IOException(path + " changed while it was packed");
    }
  }

  private static int mode(Path path, BasicFileAttributes found) throws IOException {
    try {
      return (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    } catch (UnsupportedOperationException e) {
      // A machine without permission bits.
      return found.isDirectory() ? FOLDER_BITS | 0755 : FILE_BITS | 0644;
    }
  }

  String hash() {
    return hash;
  }

  Path file() {
    return file;
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // In the machine's folder for temporary files, which is cleaned without us.
      return;
    }
  }
}
