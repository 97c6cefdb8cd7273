package dev.repofleet.e2b.local;

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
import java.nio.file.attribute.PosixFilePermissions;

/** Deletes trees that an agent has written: links are never followed. */
final class Trash {
  private Trash() {}

  /**
   * Deletes a tree; what is gone already is no error.
   *
   * @return whether nothing is left
   */
  static boolean delete(Path path) {
    Path parent = path.toAbsolutePath().getParent();
    Path name = path.getFileName();
    if (parent == null || name == null) {
      return false;
    }
    try (DirectoryStream<Path> directory = Files.newDirectoryStream(parent)) {
      if (directory instanceof SecureDirectoryStream<Path> secure) {
        deleteBelow(secure, name, path);
      }
    } catch (IOException unreadable) {
      return !Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }
    return !Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static void deleteBelow(SecureDirectoryStream<Path> parent, Path name, Path shown)
      throws IOException {
    if (!isDirectory(parent, name)) {
      try {
        parent.deleteFile(name);
      } catch (NoSuchFileException gone) {
        return;
      }
      return;
    }
    try (SecureDirectoryStream<Path> directory = open(parent, name, shown)) {
      for (Path child : directory) {
        Path childName = child.getFileName();
        if (childName != null) {
          deleteBelow(directory, childName, shown.resolve(childName));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException gone) {
      return;
    }
    parent.deleteDirectory(name);
  }

  private static SecureDirectoryStream<Path> open(
      SecureDirectoryStream<Path> parent, Path name, Path shown) throws IOException {
    try {
      return parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
    } catch (AccessDeniedException locked) {
      // An agent may take its own directories' rights away; as an ordinary user we give them back.
      Files.setPosixFilePermissions(shown, PosixFilePermissions.fromString("rwx------"));
      return parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
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
