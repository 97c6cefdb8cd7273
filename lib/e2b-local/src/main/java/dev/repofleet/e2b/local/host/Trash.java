package dev.repofleet.e2b.local.host;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;

/** Deletes trees that an agent has written: links are never followed. */
public final class Trash {
  /**
   * Folders open at once, each with descriptors of the server's and a part of its stack. So deep a
   * path may also be named, with names of any length.
   */
  private static final int DEEPEST = 12;

  private static final Set<PosixFilePermission> OURS = PosixFilePermissions.fromString("rwx------");

  private Trash() {}

  /**
   * Deletes a tree of any depth; what is gone already is no error.
   *
   * @return whether nothing is left
   */
  public static boolean delete(Path path) {
    Path parent = path.toAbsolutePath().getParent();
    Path name = path.getFileName();
    if (parent == null || name == null) {
      return false;
    }
    try (DirectoryStream<Path> directory = Files.newDirectoryStream(parent)) {
      if (directory instanceof SecureDirectoryStream<Path> secure) {
        deleteTree(secure, name, path);
      }
    } catch (IOException unreadable) {
      return !Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }
    return !Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static void deleteTree(SecureDirectoryStream<Path> parent, Path name, Path shown)
      throws IOException {
    boolean filled = isDirectory(parent, name);
    if (!filled) {
      deleteFile(parent, name);
      return;
    }
    while (filled) {
      try (SecureDirectoryStream<Path> top = open(parent, name, shown)) {
        filled = clear(top, shown, top, 1);
      } catch (NoSuchFileException | NotDirectoryException gone) {
        return;
      }
    }
    parent.deleteDirectory(name);
  }

  /**
   * Empties a folder. What lies too deep goes to the top of the tree, which is then to be cleared
   * once more.
   *
   * @return whether something has gone there
   */
  private static boolean clear(
      SecureDirectoryStream<Path> directory, Path shown, SecureDirectoryStream<Path> top, int depth)
      throws IOException {
    boolean moved = false;
    for (Path child : directory) {
      Path name = child.getFileName();
      if (name == null) {
        continue;
      }
      if (!isDirectory(directory, name)) {
        deleteFile(directory, name);
        continue;
      }
      try (SecureDirectoryStream<Path> below = open(directory, name, shown.resolve(name))) {
        if (depth < DEEPEST) {
          moved |= clear(below, shown.resolve(name), top, depth + 1);
          directory.deleteDirectory(name);
        } else {
          directory.move(name, top, Path.of(UUID.randomUUID().toString()));
          moved = true;
        }
      } catch (NoSuchFileException | NotDirectoryException gone) {
        // As it should be.
      }
    }
    return moved;
  }

  private static void deleteFile(SecureDirectoryStream<Path> parent, Path name) throws IOException {
    try {
      parent.deleteFile(name);
    } catch (NoSuchFileException gone) {
      return;
    }
  }

  /** Agents take rights of their own folders away, and so do their tools: we give them back. */
  private static SecureDirectoryStream<Path> open(
      SecureDirectoryStream<Path> parent, Path name, Path shown) throws IOException {
    SecureDirectoryStream<Path> directory;
    try {
      directory = parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
    } catch (AccessDeniedException unreadable) {
      Files.setPosixFilePermissions(shown, OURS);
      directory = parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
    }
    try {
      PosixFileAttributeView rights = directory.getFileAttributeView(PosixFileAttributeView.class);
      if (!rights.readAttributes().permissions().containsAll(OURS)) {
        rights.setPermissions(OURS);
      }
      return directory;
    } catch (IOException | RuntimeException failed) {
      directory.close();
      throw failed;
    }
  }

  private static boolean isDirectory(SecureDirectoryStream<Path> parent, Path name)
      throws IOException {
    try {
      BasicFileAttributeView view =
          parent.getFileAttributeView(
              name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
      return view.readAttributes().isDirectory();
    } catch (NoSuchFileException gone) {
      return false;
    }
  }
}
