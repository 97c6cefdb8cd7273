package dev.repofleet.starter.review;

import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.BatchResult;
import dev.repofleet.artifacts.BatchRow;
import dev.repofleet.artifacts.ReviewFiles;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.report.BatchReports;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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

  /**
   * In a folder of files that are being moved: the {@code batch.json} that they take the place of.
   */
  private static final String EARLIER_JSON = "earlier.json";

  private static final String TEMPORARY = ".repofleet-out-";
  private static final Duration UNFINISHED = Duration.ofDays(1);

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
    if (Files.isDirectory(folder) && !out.isEmpty() && out.earlier().isEmpty()) {
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
      throw CommandException.wrongUse("--out " + name + " can't be read: " + e);
    }
  }

  private List<Path> unfinished() {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(OutFolder::isTemporary).toList();
    } catch (IOException e) {
      throw CommandException.wrongUse("--out " + name + " can't be read: " + e);
    }
  }

  private static boolean isTemporary(Path entry) {
    return entry.getFileName().toString().startsWith(TEMPORARY)
        && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
  }

  /** What lists the files in it that are ours. */
  private List<BatchResult> earlier() {
    List<Path> lists = new ArrayList<>(List.of(folder.resolve(BATCH_JSON)));
    for (Path unfinished : unfinished()) {
      lists.add(unfinished.resolve(EARLIER_JSON));
      lists.add(unfinished.resolve(BATCH_JSON));
    }
    return lists.stream().map(OutFolder::list).flatMap(Optional::stream).toList();
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
   *     full; the results are still in the store
   */
  public void fill(BatchResult result, BatchRecords records, Consumer<String> talk) {
    try {
      write(result, records, talk);
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
  }

  private void write(BatchResult result, BatchRecords records, Consumer<String> talk)
      throws IOException {
    Files.createDirectories(folder);
    Path temporary = Files.createTempDirectory(folder, TEMPORARY);
    try {
      List<BatchRow> rows = new ArrayList<>();
      for (BatchRow row : result.repositories()) {
        rows.add(row.withFiles(new Copy(temporary, records, row, talk).files()));
      }
      BatchResult relative = result.withRepositories(rows);
      // What can't be read was told when it was copied; the reports say the rest.
      BatchReports.writeSet(temporary, relative, new StoredReports(records, line -> {}));
      Files.write(temporary.resolve(BATCH_JSON), ArtifactJson.pretty(relative));
    } catch (IOException | RuntimeException e) {
      delete(temporary);
      throw e;
    }
    // From here on it stays until all is done: it tells what of the folder is ours.
    removeEarlier(temporary);
    moveIn(temporary);
    delete(temporary);
    removeUnfinished();
  }

  /** Of a process that was killed while it wrote; a younger one may be at work. */
  private void removeUnfinished() throws IOException {
    Instant before = Instant.now().minus(UNFINISHED);
    for (Path each : unfinished()) {
      if (Files.getLastModifiedTime(each).toInstant().isBefore(before)) {
        delete(each);
      }
    }
  }

  private void removeEarlier(Path temporary) throws IOException {
    List<BatchResult> earlier = earlier();
    if (Files.isRegularFile(folder.resolve(BATCH_JSON), LinkOption.NOFOLLOW_LINKS)) {
      move(folder.resolve(BATCH_JSON), temporary.resolve(EARLIER_JSON));
    }
    for (String report : BatchReports.setNames()) {
      Path file = folder.resolve(report);
      if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        Files.delete(file);
      }
    }
    for (BatchResult list : earlier) {
      remove(list);
    }
  }

  private void remove(BatchResult earlier) throws IOException {
    for (BatchRow row : earlier.repositories()) {
      for (String path : paths(row.files())) {
        Path file = folder.resolve(path).normalize();
        // The file may have been edited: it names nothing outside its folder, nor through a link.
        if (file.startsWith(folder)
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

  private void moveIn(Path temporary) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(temporary)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : files) {
      if (!file.endsWith(BATCH_JSON) && !file.endsWith(EARLIER_JSON)) {
        move(file, folder.resolve(temporary.relativize(file)));
      }
    }
    move(temporary.resolve(BATCH_JSON), folder.resolve(BATCH_JSON));
  }

  private static void move(Path from, Path to) throws IOException {
    Files.createDirectories(Objects.requireNonNull(to.getParent()));
    Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void delete(Path temporary) throws IOException {
    try (Stream<Path> all = Files.walk(temporary)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  /** Copies the files of one repository. */
  private record Copy(Path folder, BatchRecords records, BatchRow row, Consumer<String> talk) {
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
        talk.accept(row.target() + ": " + file + " can't be copied: " + e.getMessage());
        return null;
      }
    }
  }
}
