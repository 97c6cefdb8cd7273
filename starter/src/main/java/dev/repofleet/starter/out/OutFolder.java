package dev.repofleet.starter.out;

import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.ReviewFiles;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.batch.StoredFile;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.report.BatchReports;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * The folder of {@code --out}: a batch's results as plain files. They are written into a folder of
 * their own inside it and moved from there file by file, {@code batch.json} last, so that what is
 * there is whole; the folder's own parent need not be writable. For one thread.
 *
 * <p>A folder with results of an earlier batch may be used again: the files its {@code batch.json}
 * names and its reports are removed, and nothing else. So may one in which that was cut off half
 * way: what was to be removed and moved in is told by the folder that is left inside it.
 */
public final class OutFolder {
  private static final String BATCH_JSON = "batch.json";

  /** In the folder of files that are being moved: the list of them, and that of the ones before. */
  private static final String MOVING_JSON = "moving.json";

  private static final String EARLIER_JSON = "earlier.json";

  private static final String TEMPORARY = ".repofleet-out-";
  private static final Duration UNFINISHED = Duration.ofDays(1);

  private static final Set<PosixFilePermission> OWNER_ALONE =
      PosixFilePermissions.fromString("rwx------");

  private final Path folder;
  private final String name;

  private OutFolder(Path folder, String name) {
    this.folder = folder;
    this.name = name;
  }

  /**
   * Checks that results may be put there; writes nothing.
   *
   * @param name as the person typed it
   * @throws CommandException with exit code 2 when there is something else
   */
  public static OutFolder check(Path workingDirectory, String name) {
    Path folder = workingDirectory.resolve(name).normalize();
    OutFolder out = new OutFolder(folder, name);
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw CommandException.wrongUse("--out " + name + " is a file: name a folder");
    }
    if (Files.isDirectory(folder)
        && !out.isEmpty()
        && out.lists().stream().allMatch(list -> list(list).isEmpty())) {
      throw CommandException.wrongUse(
          "--out " + name + " holds other files: name a new or an empty folder");
    }
    Path nearest = folder;
    while (nearest != null && !Files.exists(nearest)) {
      nearest = nearest.getParent();
    }
    if (nearest == null || !Files.isDirectory(nearest) || !Files.isWritable(nearest)) {
      throw CommandException.wrongUse("--out " + name + " can't be written: name another folder");
    }
    return out;
  }

  /** Where it is. */
  public Path folder() {
    return folder;
  }

  private boolean isEmpty() {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.allMatch(OutFolder::isTemporary);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private List<Path> unfinished() {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(OutFolder::isTemporary).toList();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private CommandException unreadable(IOException e) {
    return CommandException.wrongUse(
        "--out " + name + " can't be read: " + e + "; name another folder");
  }

  private static boolean isTemporary(Path entry) {
    return entry.getFileName().toString().startsWith(TEMPORARY)
        && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
  }

  /** What lists files in it that are ours: of the results there, and of what was cut off. */
  private List<Path> lists() {
    List<Path> lists = new ArrayList<>(List.of(folder.resolve(BATCH_JSON)));
    for (Path unfinished : unfinished()) {
      lists.add(unfinished.resolve(EARLIER_JSON));
      lists.add(unfinished.resolve(MOVING_JSON));
    }
    return lists.stream().filter(Files::isRegularFile).toList();
  }

  private static Optional<BatchResult> list(Path file) {
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > BatchResult.MAX_BYTES) {
        return Optional.empty();
      }
      return Optional.of(
          ArtifactJson.read(Files.readAllBytes(file), BatchResult.class, file.toString()));
    } catch (IOException | ArtifactException e) {
      return Optional.empty();
    }
  }

  /**
   * Copies all results of a batch there.
   *
   * @param talk gets a line for each file that can't be copied; the others are
   * @throws CommandException with exit code 1 when the folder can't be written, as when a disk is
   *     full; the results are still in the store. With 5, after all others were copied, when a file
   *     can't be read there
   */
  public void fill(BatchResult result, BatchRecords records, Consumer<String> talk) {
    Unread unread = new Unread(talk);
    try {
      write(result, records, unread);
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.INTERNAL,
          "the results can't be written to "
              + folder
              + ": "
              + e
              + "; they are in the artifact store, under reviews/"
              + result.batch(),
          e);
    }
    unread.requireNone();
  }

  private void write(BatchResult result, BatchRecords records, Unread unread) throws IOException {
    make(folder);
    for (Path each : unfinished()) {
      if (isOld(each)) {
        keepLists(each);
      }
    }
    Path temporary = Files.createTempDirectory(folder, TEMPORARY);
    try {
      List<BatchRow> rows = new ArrayList<>();
      for (BatchRow row : result.repositories()) {
        rows.add(row.withFiles(new Copy(temporary, records, row, unread).files()));
      }
      BatchResult relative = result.withRepositories(rows);
      BatchReports.writeSet(temporary, relative, new StoredReportSource(records, unread));
      Files.write(temporary.resolve(BATCH_JSON), ArtifactJson.pretty(relative));
    } catch (IOException | RuntimeException e) {
      delete(temporary);
      throw e;
    }
    try {
      moveIn(temporary);
    } catch (IOException | RuntimeException e) {
      keepLists(temporary);
      throw e;
    }
    delete(temporary);
    for (Path each : unfinished()) {
      if (isOld(each)) {
        delete(each);
      }
    }
  }

  /**
   * A new one is for its owner alone, as the store is: transcripts and patches are not redacted.
   */
  private static void make(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(Objects.requireNonNull(folder.getParent()));
      try {
        Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER_ALONE));
      } catch (FileAlreadyExistsException e) {
        // Another process has just made it.
      }
    }
  }

  /** Of a process that died; a younger one may be at work. */
  private static boolean isOld(Path unfinished) throws IOException {
    try {
      return Files.getLastModifiedTime(unfinished)
          .toInstant()
          .isBefore(Instant.now().minus(UNFINISHED));
    } catch (NoSuchFileException e) {
      return false; // That one was at work, and is done.
    }
  }

  /**
   * Puts the new files in the place of the earlier ones. From its first step on the folder inside
   * tells what is ours, until all is done. What both have is replaced and not removed first, so
   * that two processes that write the same batch do not undo each other's work.
   */
  private void moveIn(Path temporary) throws IOException {
    List<Path> lists = new ArrayList<>(lists());
    Files.move(temporary.resolve(BATCH_JSON), temporary.resolve(MOVING_JSON));
    if (lists.remove(folder.resolve(BATCH_JSON))) {
      move(folder.resolve(BATCH_JSON), temporary.resolve(EARLIER_JSON));
      lists.add(temporary.resolve(EARLIER_JSON));
    }
    Set<Path> files = new TreeSet<>();
    try (Stream<Path> all = Files.walk(temporary)) {
      all.filter(Files::isRegularFile).map(temporary::relativize).forEach(files::add);
    }
    files.removeAll(Set.of(Path.of(MOVING_JSON), Path.of(EARLIER_JSON)));
    for (Path list : lists) {
      Optional<BatchResult> earlier = list(list);
      if (earlier.isPresent()) {
        remove(earlier.get(), files);
      }
    }
    for (Path file : files) {
      move(temporary.resolve(file), folder.resolve(file));
    }
    move(temporary.resolve(MOVING_JSON), folder.resolve(BATCH_JSON));
  }

  private void remove(BatchResult earlier, Set<Path> but) throws IOException {
    for (BatchRow row : earlier.repositories()) {
      for (String path : paths(row.files())) {
        Path file = folder.resolve(path).normalize();
        // The file may have been edited: it names nothing outside its folder, nor through a link.
        if (file.startsWith(folder)
            && !but.contains(folder.relativize(file))
            && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            && file.toRealPath().startsWith(folder.toRealPath())) {
          Files.delete(file);
          deleteIfEmpty(Objects.requireNonNull(file.getParent()));
        }
      }
    }
  }

  private void deleteIfEmpty(Path of) throws IOException {
    try (Stream<Path> left = Files.list(of)) {
      if (of.equals(folder) || left.findAny().isPresent()) {
        return;
      }
    }
    Files.delete(of);
  }

  private static List<String> paths(ReviewFiles files) {
    return Stream.of(
            files.review(),
            files.patch(),
            files.sarif(),
            files.transcript(),
            files.events(),
            files.log())
        .filter(Objects::nonNull)
        .toList();
  }

  private static void move(Path from, Path to) throws IOException {
    Files.createDirectories(Objects.requireNonNull(to.getParent()));
    Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void delete(Path temporary) throws IOException {
    delete(temporary, Set.of());
  }

  /** They are needed until the folder is filled; what was to be moved is copied again. */
  private static void keepLists(Path temporary) throws IOException {
    delete(temporary, Set.of(temporary.resolve(EARLIER_JSON), temporary.resolve(MOVING_JSON)));
  }

  private static void delete(Path temporary, Set<Path> but) throws IOException {
    List<Path> paths;
    try (Stream<Path> all = Files.walk(temporary)) {
      paths = all.filter(path -> !but.contains(path)).sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      try {
        Files.deleteIfExists(path);
      } catch (DirectoryNotEmptyException e) {
        // It holds a list.
      }
    }
  }

  /** Copies the files of one repository. */
  private record Copy(Path folder, BatchRecords records, BatchRow row, Unread unread) {
    ReviewFiles files() throws IOException {
      ReviewFiles stored = row.files();
      return new ReviewFiles(
          copy(stored.review(), "review.json"),
          copy(stored.patch(), "changes.patch"),
          copy(stored.sarif(), "findings.sarif"),
          copy(stored.transcript(), "transcript.jsonl"),
          copy(stored.events(), "events.jsonl"),
          copy(stored.log(), "run.log"));
    }

    private @Nullable String copy(@Nullable String uri, String file) throws IOException {
      if (uri == null) {
        return null;
      }
      Path to = folder.resolve(row.key()).resolve(file);
      Files.createDirectories(folder.resolve(row.key()));
      try (InputStream in = StoredFile.open(records.store(), uri)) {
        Files.copy(in, to);
        return row.key() + "/" + file;
      } catch (ArtifactException | ZipException | EOFException e) {
        Files.deleteIfExists(to);
        unread.add(row, file, String.valueOf(e.getMessage()));
        return null;
      }
    }
  }
}
