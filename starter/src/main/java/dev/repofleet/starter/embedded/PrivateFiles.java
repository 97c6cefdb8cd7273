package dev.repofleet.starter.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;

/** Files and folders no other user of this machine may look into. */
final class PrivateFiles {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private PrivateFiles() {}

  /** Makes a folder and what is missing above it; folders that exist keep their permissions. */
  static Path createFolders(Path folder) throws IOException {
    return Files.createDirectories(folder, OWNER_FOLDER);
  }

  /**
   * Reads a secret, and makes up one on the first call: {@code prefix} and 40 hexadecimal digits.
   */
  static String secret(Path file, String prefix, SecureRandom random) throws IOException {
    byte[] bits = new byte[20];
    random.nextBytes(bits);
    String fresh = prefix + HexFormat.of().formatHex(bits);
    try {
      Files.createFile(file, OWNER_FILE);
    } catch (FileAlreadyExistsException e) {
      String kept = Files.readString(file, StandardCharsets.UTF_8).strip();
      if (!kept.isEmpty()) {
        return kept;
      }
    }
    Files.writeString(file, fresh, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
    return fresh;
  }
}
