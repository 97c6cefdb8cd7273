package dev.repofleet.e2b.local.simulated;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * Answers as the worker's scripts do that look at the repository and the session: {@code clone.sh},
 * {@code tree.sh}, {@code commit-files.sh}, {@code snapshot.sh}, {@code restore.sh} and {@code
 * prepare.sh}, for one fixed repository. Their heads say what they take and tell. Simulated
 * sandboxes are not cleaned for another lease, so no lease is ever over in one. Stateless.
 */
final class SimulatedScripts {
  private static final int TOO_LARGE = 20;
  private static final int NO_SUBPATH = 21;
  private static final int GIT_FAILED = 24;
  private static final int NO_TREE = 30;
  private static final int NO_TRANSCRIPT = 31;
  private static final int PATCH_DOES_NOT_APPLY = 40;

  private static final Pattern TRANSCRIPT_BEFORE = Pattern.compile("(?m)^transcript=(\\d{1,18})$");

  private final SimulatedRepository repository;
  private final AtomicInteger folders = new AtomicInteger();

  SimulatedScripts(SimulatedRepository repository) {
    this.repository = repository;
  }

  Map<String, SimulatedProgram> programs() {
    return Map.of(
        "clone.sh", this::clone,
        "tree.sh", this::tree,
        "commit-files.sh", this::commitFiles,
        "snapshot.sh", this::snapshot,
        "restore.sh", this::restore,
        "prepare.sh", this::prepare);
  }

  private void clone(SimulatedProcess process) {
    String folder = process.variable("RF_REPO");
    String bundle = process.variable("RF_BUNDLE");
    String subpath = process.variable("RF_SUBPATH");
    if (!bundle.isEmpty() && !process.files().exists(bundle)) {
      process.fail(GIT_FAILED, "fatal: '" + bundle + "' does not appear to be a git repository");
    } else if (bundle.isEmpty() && process.variable("RF_URL").isEmpty()) {
      process.fail(GIT_FAILED, "fatal: neither RF_URL nor RF_BUNDLE is set");
    } else if (repository.bytes() > number(process.variable("RF_LIMIT"))) {
      process.fail(TOO_LARGE, "larger than " + process.variable("RF_LIMIT") + " bytes");
    } else if (!subpath.isEmpty() && below(subpath).isEmpty()) {
      process.exit(NO_SUBPATH);
    } else {
      process.files().remove(folder, process.user());
      process.files().write(folder + "/.git/HEAD", process.variable("RF_COMMIT"), process.user());
      repository
          .files()
          .forEach(
              (path, text) -> process.files().write(folder + "/" + path, text, process.user()));
      process.out(inventory(subpath.isEmpty() ? repository.files() : below(subpath)));
      process.exit(0);
    }
  }

  private SortedMap<String, String> below(String folder) {
    return repository.files().subMap(folder + "/", folder + "0");
  }

  private String inventory(SortedMap<String, String> files) {
    StringBuilder told = new StringBuilder("tree " + hash(repository.files()) + "\n");
    Map<String, Long> extensions = new TreeMap<>();
    long bytes = 0;
    for (Map.Entry<String, String> file : files.entrySet()) {
      long size = SimulatedRepository.bytes(file.getValue()).length;
      bytes += size;
      String name = file.getKey().substring(file.getKey().lastIndexOf('/') + 1);
      int dot = name.lastIndexOf('.');
      extensions.merge(dot < 0 ? "/" + name : name.substring(dot + 1), size, Long::sum);
    }
    told.append("files %d%nbytes %d%n".formatted(files.size(), bytes));
    extensions.forEach(
        (extension, size) -> told.append("extension " + size + " " + extension + "\n"));
    return told.toString();
  }

  private static String hash(SortedMap<String, String> files) {
    SortedMap<String, byte[]> contents = new TreeMap<>();
    files.forEach((path, text) -> contents.put(path, SimulatedRepository.bytes(text)));
    return SimulatedRepository.treeHash(contents);
  }

  private void tree(SimulatedProcess process) {
    String verb = process.arguments().isEmpty() ? "" : process.arguments().get(0);
    String folder = process.variable("RF_REPO");
    String base = base(process);
    if (!process.files().exists(folder)) {
      process.exit(NO_TREE);
    } else if (verb.equals("base")) {
      process.files().remove(base, process.user());
      process.files().makeDirectories(base, process.user(), 077);
      contents(process, folder)
          .forEach(
              (path, bytes) -> process.files().write(base + "/" + path, bytes, process.user()));
      process.exit(0);
    } else if (verb.equals("tree")) {
      process.out("tree " + SimulatedRepository.treeHash(contents(process, folder)) + "\0");
      process.exit(0);
    } else if (verb.equals("diff")) {
      diff(process, contents(process, base), contents(process, folder));
    } else {
      process.fail(
          64, "the simulated tree.sh has no verb '" + verb + "': add it to SimulatedScripts");
    }
  }

  private void diff(
      SimulatedProcess process, SortedMap<String, byte[]> base, SortedMap<String, byte[]> now) {
    String hash = SimulatedRepository.treeHash(now);
    if (!hash.equals(SimulatedRepository.treeHash(base))) {
      process.fail(1, "the working tree has changed, and the simulated tree.sh writes no patches");
      return;
    }
    String folder = process.variable("RF_STATE") + "/tree." + folders.incrementAndGet();
    process.files().makeDirectories(folder, process.user(), 077);
    process.files().write(folder + "/patch", new byte[0], process.user(), 077);
    process.out("tree " + hash + "\0changed 0\0patch " + folder + " 0\0");
    process.exit(0);
  }

  /**
   * A simulated agent writes its transcript a line at once, so that nobody needs to stand still.
   */
  private void snapshot(SimulatedProcess process) {
    String transcript = process.variable("RF_TRANSCRIPT");
    String run = process.variable("RF_STATE") + "/runs/" + process.variable("RF_KEY");
    if (!process.files().exists(transcript) || !process.files().exists(run)) {
      process.exit(NO_TRANSCRIPT);
      return;
    }
    byte[] lines = process.files().read(transcript, process.user());
    String folder = process.variable("RF_COPY");
    process.files().makeDirectories(folder, process.user(), 077);
    process.files().write(folder + "/transcript", lines, process.user(), 077);
    TRANSCRIPT_BEFORE
        .matcher(process.files().text(run + "/meta"))
        .results()
        .findFirst()
        .ifPresent(before -> process.out("before " + before.group(1) + "\n"));
    process.out("frozen 0\n");
    process.exit(0);
  }

  /** The working tree never changes here, so there is nothing to apply. */
  private void restore(SimulatedProcess process) {
    String verb = process.arguments().isEmpty() ? "" : process.arguments().get(0);
    switch (verb) {
      case "commit" -> {
        if (process.files().exists(process.variable("RF_TRANSCRIPT"))) {
          process.files().remove(process.variable("RF_TRANSCRIPT"), process.user());
        }
        process.exit(0);
      }
      case "session" -> {
        process
            .files()
            .move(process.variable("RF_FILE"), process.variable("RF_TRANSCRIPT"), process.user());
        process.exit(0);
      }
      case "settle" -> {
        String home = parent(process.variable("RF_REPO"));
        keep(process, home + "/.repofleet-restore", "settled");
        process.exit(0);
      }
      default -> process.fail(PATCH_DOES_NOT_APPLY, "a simulated working tree takes no patches");
    }
  }

  private void prepare(SimulatedProcess process) {
    String state = process.variable("RF_FOLDER");
    String verb = process.arguments().isEmpty() ? "" : process.arguments().get(0);
    switch (verb) {
      case "open" -> {
        process.files().makeDirectories(state + "/turns", process.user(), 077);
        process.files().makeDirectories(state + "/runs", process.user(), 077);
        process.exit(0);
      }
      case "place" -> {
        keep(process, state + "/run.sh", process.variable("RF_SCRIPT"));
        keep(process, state + "/base", process.variable("RF_BASE"));
        keep(process, state + "/fence", process.variable("RF_FENCE"));
        process.exit(0);
      }
      default ->
          process.fail(
              64,
              "the simulated prepare.sh has no verb '" + verb + "': add it to SimulatedScripts");
    }
  }

  /** For its writer alone to read. */
  private static void keep(SimulatedProcess process, String path, String text) {
    process.files().write(path, text.getBytes(StandardCharsets.UTF_8), process.user(), 077);
  }

  private static String parent(String path) {
    return path.substring(0, path.lastIndexOf('/'));
  }

  private static String base(SimulatedProcess process) {
    return process.variable("RF_STATE") + "/base.git/simulated";
  }

  private static SortedMap<String, byte[]> contents(SimulatedProcess process, String folder) {
    SortedMap<String, byte[]> contents = new TreeMap<>();
    for (FileInfo entry : process.files().list(folder, 100, process.user())) {
      String path = entry.path().substring(folder.length() + 1);
      if (!entry.directory() && !path.startsWith(".git/")) {
        contents.put(path, process.files().read(entry.path(), process.user()));
      }
    }
    return contents;
  }

  private void commitFiles(SimulatedProcess process) {
    String verb = process.arguments().isEmpty() ? "" : process.arguments().get(0);
    if (!verb.equals("look") && !verb.equals("read")) {
      process.fail(64, "the simulated commit-files.sh has no verb '" + verb + "'");
      return;
    }
    List<FileInfo> entries = process.files().list(base(process), 100, process.user());
    for (String path : process.arguments().subList(1, process.arguments().size())) {
      String kind = kind(process, entries, base(process) + "/" + path);
      if (verb.equals("look")) {
        process.out((kind + "\n").getBytes(StandardCharsets.UTF_8));
      } else {
        process.out(
            (hash(repository.files()) + " " + kind + "\n").getBytes(StandardCharsets.UTF_8));
        process.out(process.files().read(base(process) + "/" + path, process.user()));
        process.out(new byte[] {'\n'});
      }
    }
    process.exit(0);
  }

  private static String kind(SimulatedProcess process, List<FileInfo> entries, String path) {
    return entries.stream()
        .filter(entry -> entry.path().equals(path))
        .findFirst()
        .map(
            entry ->
                entry.directory()
                    ? "tree"
                    : "blob " + process.files().read(path, process.user()).length)
        .orElse("missing");
  }

  private static long number(String text) {
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : Long.MAX_VALUE;
  }
}
