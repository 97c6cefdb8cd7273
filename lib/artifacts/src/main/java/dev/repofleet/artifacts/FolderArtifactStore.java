package dev.repofleet.artifacts;

import dev.repofleet.artifacts.FolderWrites.Placement;
import dev.repofleet.artifacts.FolderWrites.Written;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * An artifact store in a folder, which may be shared by processes and, over a network file system
 * with atomic renames and hard links, by hosts.
 *
 * <p>Files are readable by their owner only: transcripts and patches are not redacted.
 */
public final class FolderArtifactStore extends StreamStore {
  private final Path root;
  private final FolderWrites writes;
  private final String storeId;

  private FolderArtifactStore(Path root, FolderWrites writes, String storeId) {
    this.root = root;
    this.writes = writes;
    this.storeId = storeId;
  }

  /**
   * Opens the folder, and creates it and its identity when it is not there yet. Of several
   * processes that open a new folder at once, all see the same identity.
   *
   * @throws ArtifactException when the folder can't be created or written
   * @throws ArtifactCorruptException when its {@code store.json} is damaged; it is left as it is
   */
  public static FolderArtifactStore open(Path folder) {
    Path root = folder.toAbsolutePath().normalize();
    try {
      if (!Files.isDirectory(root)) {
        Files.createDirectories(
            root,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      FolderWrites writes = FolderWrites.into(root, Clock.systemUTC());
      return new FolderArtifactStore(root, writes, identity(root, writes));
    } catch (IOException e) {
      throw new ArtifactException("cannot open the artifact store " + root + ": " + wayOut(e), e);
    }
  }

  /** What the file system says by the name of an exception, in words. */
  static String wayOut(IOException e) {
    String other = " another folder in REPOFLEET_ARTIFACTS";
    if (e instanceof AccessDeniedException denied) {
      return "this process may not read and write "
          + denied.getFile()
          + ": give it the rights there, or name"
          + other;
    }
    if (e instanceof FileAlreadyExistsException taken) {
      return taken.getFile() + " is no folder: name" + other;
    }
    return e.getMessage() + ": this process needs rights and room there, or" + other;
  }

  private static String identity(Path root, FolderWrites writes) throws IOException {
    Path file = root.resolve(StoreNames.STORE_FILE);
    if (!Files.exists(file)) {
      byte[] json = ArtifactJson.pretty(new StoreNames.StoreFile(UUID.randomUUID().toString()));
      try {
        writes.write(
            new ByteArrayInputStream(json),
            written -> {
              writes.create(written, file);
              return file;
            });
      } catch (FileAlreadyExistsException e) {
        // Another process was first; its identity is the one.
      }
    }
    return ArtifactJson.read(Files.readAllBytes(file), StoreNames.StoreFile.class, file.toString())
        .storeId();
  }

  @Override
  public String storeId() {
    return storeId;
  }

  @Override
  public ArtifactRef put(InputStream content) {
    return write("an object", content, this::placeObject);
  }

  @Override
  ArtifactRef putNamed(String path, InputStream content) {
    Path target = named(path);
    return write(
        ArtifactUri.of(path),
        content,
        written -> {
          writes.replace(written, target);
          return ref(written, path);
        });
  }

  @Override
  ArtifactRef createNamed(String path, InputStream content) {
    Path target = named(path);
    return write(
        ArtifactUri.of(path),
        content,
        written -> {
          try {
            writes.create(written, target);
          } catch (FileAlreadyExistsException e) {
            requireSame(target, written, path);
          }
          return ref(written, path);
        });
  }

  private void requireSame(Path target, Written written, String path) throws IOException {
    if (Files.mismatch(target, written.file()) >= 0) {
      throw new ArtifactConflictException(
          ArtifactUri.of(path) + " already stands for other content in the store " + root);
    }
  }

  @Override
  public ArtifactRef name(ArtifactRef object, String path) {
    Path source = existing(object.uri());
    Path target = named(path);
    try {
      StoreNames.requireSize(object, Files.size(source));
      writes.link(source, target);
      return new ArtifactRef(ArtifactUri.of(path), object.sha256(), object.size());
    } catch (IOException e) {
      throw failed("name " + object.uri() + " as " + path, e);
    }
  }

  @Override
  public InputStream open(String uri) {
    Path file = existing(uri);
    String path = ArtifactUri.path(uri);
    try {
      InputStream in = Files.newInputStream(file);
      return StoreNames.isObject(path)
          ? checked(in, uri, StoreNames.hash(path), Files.size(file))
          : in;
    } catch (IOException e) {
      throw failed("open " + uri, e);
    }
  }

  @Override
  public InputStream open(ArtifactRef ref) {
    Path file = existing(ref.uri());
    try {
      StoreNames.requireSize(ref, Files.size(file));
      return checked(Files.newInputStream(file), ref.uri(), ref.sha256(), ref.size());
    } catch (IOException e) {
      throw failed("open " + ref.uri(), e);
    }
  }

  @Override
  public InputStream open(String uri, long offset) {
    Parts.notNegative(offset, "offset");
    Path file = existing(uri);
    try {
      SeekableByteChannel channel = Files.newByteChannel(file, StandardOpenOption.READ);
      return Channels.newInputStream(channel.position(offset));
    } catch (IOException e) {
      throw failed("open " + uri, e);
    }
  }

  @Override
  public boolean exists(String uri) {
    try {
      return isFile(root.resolve(ArtifactUri.path(uri)));
    } catch (IOException e) {
      throw failed("look for " + uri, e);
    }
  }

  private boolean isFile(Path file) throws IOException {
    return attributes(file).filter(BasicFileAttributes::isRegularFile).isPresent();
  }

  private boolean isFolder(Path folder) throws IOException {
    return attributes(folder).filter(BasicFileAttributes::isDirectory).isPresent();
  }

  /**
   * Empty where there is nothing of that name. A file system that does not tell is a failure, and
   * so is an empty folder in the place of the store, as where a network's is not mounted: what
   * nobody can see would be taken for deleted.
   */
  private Optional<BasicFileAttributes> attributes(Path file) throws IOException {
    try {
      return Optional.of(Files.readAttributes(file, BasicFileAttributes.class));
    } catch (NoSuchFileException e) {
      requireStore();
      return Optional.empty();
    }
  }

  private void requireStore() {
    if (!Files.exists(root.resolve(StoreNames.STORE_FILE))) {
      throw new ArtifactException(
          "the artifact store "
              + root
              + " has no "
              + StoreNames.STORE_FILE
              + " any more: is it mounted, and may this process read it?");
    }
  }

  @Override
  public void visit(String folder, Consumer<StoredArtifact> visitor) {
    Path start = root.resolve(ArtifactUri.requirePath(folder));
    try {
      if (isFolder(start)) {
        Files.walkFileTree(start, new Visit(visitor));
      }
    } catch (IOException e) {
      throw failed("list " + folder, e);
    }
  }

  /** Files and folders may go while it looks. */
  private final class Visit extends SimpleFileVisitor<Path> {
    private final Consumer<StoredArtifact> visitor;

    private Visit(Consumer<StoredArtifact> visitor) {
      this.visitor = visitor;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String path = root.relativize(file).toString();
      // Others put files there too: an editor's, a desktop's, a network file system's own.
      if (attributes.isRegularFile() && ArtifactUri.isPath(path)) {
        visitor.accept(
            new StoredArtifact(
                ArtifactUri.of(path),
                attributes.size(),
                attributes.lastModifiedTime().toInstant()));
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      if (failure instanceof NoSuchFileException) {
        requireStore();
        return FileVisitResult.CONTINUE;
      }
      throw failure;
    }
  }

  @Override
  public List<String> folders(String folder) {
    Path start = folder.isEmpty() ? root : root.resolve(ArtifactUri.requirePath(folder));
    try {
      if (!isFolder(start)) {
        return List.of();
      }
      List<String> found = new ArrayList<>();
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(start)) {
        for (Path entry : entries) {
          String name = String.valueOf(entry.getFileName());
          if (ArtifactUri.isPath(name)
              && (!folder.isEmpty() || !StoreNames.NOT_NAMES.contains(name))
              && isFolder(entry)) {
            found.add(name);
          }
        }
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      }
      found.sort(Comparator.naturalOrder());
      return List.copyOf(found);
    } catch (NoSuchFileException e) {
      requireStore();
      return List.of(); // removed as empty just now
    } catch (IOException e) {
      throw failed("list " + folder, e);
    }
  }

  @Override
  public boolean delete(String uri) {
    Path file = named(ArtifactUri.path(uri));
    try {
      boolean deleted = Files.deleteIfExists(file);
      removeEmpty(FolderWrites.folderOf(file));
      return deleted;
    } catch (IOException e) {
      throw failed("delete " + uri, e);
    }
  }

  /** Folders at the top stay: others are about to write there. */
  private void removeEmpty(Path folder) throws IOException {
    for (Path empty = folder;
        root.relativize(empty).getNameCount() > 1;
        empty = FolderWrites.folderOf(empty)) {
      try {
        Files.deleteIfExists(empty);
      } catch (DirectoryNotEmptyException e) {
        return;
      }
    }
  }

  @Override
  public boolean deleteObject(String uri, Instant storedBefore) {
    String path = ArtifactUri.path(uri);
    if (!StoreNames.isObject(path)) {
      throw new IllegalArgumentException("not an object: " + uri);
    }
    Path file = root.resolve(path);
    Path aside = writes.aside("delete");
    try {
      if (!storedAt(file).isBefore(storedBefore)) {
        return false;
      }
      // Whoever stores it now either gives it a new age, which is seen below, or finds it gone.
      Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE);
      if (storedAt(aside).isBefore(storedBefore)) {
        Files.delete(aside);
        return true;
      }
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
      return false;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw failed("delete " + uri, e);
    }
  }

  private static Instant storedAt(Path file) throws IOException {
    return Files.getLastModifiedTime(file).toInstant();
  }

  @Override
  public String toString() {
    return "artifact store " + root;
  }

  private static ArtifactRef ref(Written written, String path) {
    return new ArtifactRef(ArtifactUri.of(path), written.sha256(), written.size());
  }

  private ArtifactRef write(String what, InputStream content, Placement<ArtifactRef> placement) {
    try {
      return writes.write(content, placement);
    } catch (NoSuchFileException e) {
      // Of the store's own folders: what was to be written is there.
      requireStore();
      throw new ArtifactException("cannot write " + what + " in the store " + root + ": " + e, e);
    } catch (IOException e) {
      throw failed("write " + what, e);
    }
  }

  private ArtifactRef placeObject(Written written) throws IOException {
    String path = StoreNames.object(written.sha256());
    Path target = root.resolve(path);
    if (!renewed(target, written.size())) {
      writes.replace(written, target);
    }
    return ref(written, path);
  }

  /** Whether it is there, and now as young as a new one. A damaged object has another size. */
  private static boolean renewed(Path object, long size) {
    try {
      if (Files.size(object) != size) {
        return false;
      }
      Files.setLastModifiedTime(object, FileTime.from(Instant.now()));
      return true;
    } catch (IOException e) {
      // Not there, or gone this moment: then it is written anew.
      return false;
    }
  }

  private Path named(String path) {
    return root.resolve(StoreNames.requireName(path));
  }

  private Path existing(String uri) {
    Path file = root.resolve(ArtifactUri.path(uri));
    if (!exists(uri)) {
      throw new ArtifactNotFoundException(uri + " is not in the store " + root);
    }
    return file;
  }

  @Override
  ArtifactException failed(String what, IOException e) {
    if (e instanceof NoSuchFileException) {
      requireStore();
      return new ArtifactNotFoundException("cannot " + what + " in the store " + root + ": gone");
    }
    return new ArtifactException("cannot " + what + " in the store " + root + ": " + e, e);
  }
}
