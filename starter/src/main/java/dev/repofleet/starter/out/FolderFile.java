package dev.repofleet.starter.out;

import dev.repofleet.starter.command.CommandException;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** One file of the folder that {@code --out} names, beside what else lies there. */
public final class FolderFile {
  private FolderFile() {}

  /** Writes a file's text. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of it; the writer is the caller's to close. */
    void write(Writer to) throws IOException;
  }

  /**
   * Writes a file in UTF-8, in place of one that is there; the folder is made if need be. It is
   * whole or not there.
   *
   * @return the file
   * @throws CommandException with exit code 2 when the folder can't hold it
   * @throws IOException when the disk is full
   */
  public static Path write(Path folder, String name, Content content) throws IOException {
    Path file = folder.resolve(name);
    if (Files.isDirectory(file) || (Files.exists(folder) && !Files.isDirectory(folder))) {
      throw CommandException.wrongUse(file + " can't be written: name another folder by --out");
    }
    Path temporary;
    try {
      Files.createDirectories(folder);
      temporary = Files.createTempFile(folder, ".repofleet-", ".part");
    } catch (IOException e) {
      throw CommandException.wrongUse(
          file + " can't be written (" + e + "): name another folder by --out");
    }
    try {
      try (Writer writer = Files.newBufferedWriter(temporary, StandardCharsets.UTF_8)) {
        content.write(writer);
      }
      return Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
