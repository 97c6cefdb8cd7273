package dev.repofleet.starter.target;

import dev.repofleet.artifacts.target.CanonicalTarget;
import dev.repofleet.artifacts.target.TargetKey;
import dev.repofleet.artifacts.target.TargetParser;
import dev.repofleet.artifacts.target.TargetSpec;
import dev.repofleet.artifacts.target.TargetSyntaxException;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.plan.PlanException;
import dev.repofleet.starter.plan.PlanOverrides;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads targets from arguments, a list and what a forge lists. For one reading by one thread.
 *
 * <p>What is wrong with them is told at once, each with its line; nothing is started then, unless
 * they are to be skipped. The same repository, ref, folder and overrides twice is reviewed once,
 * which is said. A repository without what was asked of it is nothing wrong with the others: that
 * is said, and it is kept to fail alone.
 *
 * <p>Of a target no more than some bytes stays in memory, so that a million can be read.
 */
public final class TargetReader {
  private static final int MAX_LINE = 8192;

  private final CommandContext context;
  private final Consumer<String> talk;
  private final TargetFilter filter;
  private final boolean skipInvalid;
  private final @Nullable String whyNoPaths;
  private final TargetParser parser;
  private final SeenTargets seen = new SeenTargets();
  private final TargetErrors errors = new TargetErrors();
  private final TargetErrors duplicates = new TargetErrors();
  private int leftOut;

  /**
   * A reader that takes all targets or none.
   *
   * @param talk gets the lines about what is left out or will fail
   */
  public TargetReader(CommandContext context, Consumer<String> talk) {
    this(context, talk, TargetFilter.ALL, false);
  }

  /**
   * A reader.
   *
   * @param talk gets the lines about what is left out or will fail
   * @param skipInvalid whether the good ones are taken when some are wrong
   */
  public TargetReader(
      CommandContext context, Consumer<String> talk, TargetFilter filter, boolean skipInvalid) {
    this(context, talk, filter, skipInvalid, null);
  }

  /**
   * A reader that may take URLs alone.
   *
   * @param whyNoPaths why a path can't be used, said of each; absent: it can
   */
  public TargetReader(
      CommandContext context,
      Consumer<String> talk,
      TargetFilter filter,
      boolean skipInvalid,
      @Nullable String whyNoPaths) {
    this.whyNoPaths = whyNoPaths;
    this.context = context;
    this.talk = talk;
    this.filter = filter;
    this.skipInvalid = skipInvalid;
    this.parser = new TargetParser(this::isFolder);
  }

  /**
   * Reads all targets, arguments first.
   *
   * @param list a file's name, {@code -} for standard input, or absent
   * @return the targets in their order, at least one; the caller closes them
   * @throws TargetException when one is wrong or there are none
   */
  public WantedTargets read(List<String> arguments, @Nullable String list) {
    return read(arguments, list, null);
  }

  /**
   * As above, and then what a source names; blocks while it is read.
   *
   * @param source absent: none
   */
  public WantedTargets read(
      List<String> arguments, @Nullable String list, @Nullable TargetSource source) {
    WantedTargets wanted = new WantedTargets();
    try (GitCommand git = GitCommand.on(context.environment());
        Reading reading = new Reading(git, wanted)) {
      arguments.forEach(argument -> reading.add(new TargetLine("", argument)));
      if (list != null) {
        readList(list, reading);
      }
      if (source != null) {
        String place = source.name() + ": ";
        source.read(url -> reading.add(new TargetLine(place, url)), talk);
      }
      requireValid(wanted);
      requireSome(wanted, list);
      return wanted;
    } catch (RuntimeException e) {
      wanted.close();
      throw e;
    }
  }

  private void readList(String list, Reading reading) {
    String name = name(list);
    try (InputStream in = TargetList.open(context, list, path(list))) {
      new TargetList(name, reading::add, errors::add).read(in);
    } catch (IOException e) {
      throw new TargetException(name + " can't be read: " + e);
    }
  }

  private static String name(String list) {
    return list.equals("-") ? "standard input" : list;
  }

  private void requireValid(WantedTargets wanted) {
    if (errors.count() > 0 && !(skipInvalid && wanted.size() > 0)) {
      throw new TargetException(String.join("\n", errors.lines("")));
    }
    errors.lines("").forEach(talk);
    if (errors.count() > 0) {
      talk.accept(errors.count() + " left out since they can't be used (--skip-invalid)");
    }
    duplicates.lines(" are the same as others: reviewed once").forEach(talk);
    if (leftOut > 0) {
      talk.accept(leftOut + " left out by --include and --exclude");
    }
  }

  private void requireSome(WantedTargets wanted, @Nullable String list) {
    if (wanted.size() > 0) {
      return;
    }
    if (leftOut > 0) {
      throw new TargetException(
          "--include and --exclude leave no target: each is matched with host/owner/name#folder");
    }
    throw new TargetException(
        list == null
            ? "no target is named: write URLs, owner/name or paths, or -f FILE"
            : "the list " + name(list) + " has no target: write one a line");
  }

  private boolean isFolder(String typed) {
    try {
      return Files.isDirectory(path(typed));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private boolean isThere(String typed) {
    try {
      return Files.exists(path(typed));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /**
   * Where a target lies; {@link InvalidPathException} when the system's encoding lacks a letter.
   */
  private Path path(String typed) {
    if (typed.equals("~") || typed.startsWith("~/")) {
      return context.home().resolve(typed.substring(Math.min(2, typed.length())));
    }
    return context.workingDirectory().resolve(typed);
  }

  /** Takes line after line. */
  private final class Reading implements AutoCloseable {
    private final GitCommand git;
    private final WantedTargets wanted;
    private @Nullable RemoteCommits remotes;

    Reading(GitCommand git, WantedTargets wanted) {
      this.git = git;
      this.wanted = wanted;
    }

    void add(TargetLine line) {
      try {
        if (line.text().length() > MAX_LINE) {
          throw new TargetException("a target is longer than " + MAX_LINE + " characters");
        }
        TargetSpec spec = parser.parse(line.text(), line.ref(), line.subpath());
        PlanOverrides overrides =
            line.overrides().isEmpty() ? PlanOverrides.NONE : PlanOverrides.of(line.overrides());
        if (spec.kind() == TargetSpec.Kind.URL) {
          addUrl(line.place(), spec, overrides);
        } else {
          addPath(line.place(), spec, overrides);
        }
      } catch (TargetSyntaxException | TargetException | PlanException e) {
        errors.add(line.place() + e.getMessage());
      }
    }

    private void addUrl(String place, TargetSpec spec, PlanOverrides overrides) {
      CanonicalTarget canonical = CanonicalTarget.ofUrl(spec.url());
      if (!isGlob(spec)) {
        take(place, spec, canonical, null, null, overrides);
        return;
      }
      if (remotes == null) {
        remotes = new RemoteCommits(context.environment());
      }
      LocalCommit commit = remotes.find(spec, canonical);
      for (TargetSpec folder : folders(place, spec, commit)) {
        take(place, folder, canonical, null, null, overrides);
      }
    }

    @Override
    public void close() {
      if (remotes != null) {
        remotes.close();
      }
    }

    private void addPath(String place, TargetSpec spec, PlanOverrides overrides) {
      if (whyNoPaths != null) {
        throw new TargetException("'" + spec.target() + "' is a path: " + whyNoPaths);
      }
      if (!isFolder(spec.url())) {
        throw new TargetException(
            "'"
                + spec.target()
                + "' is not there: "
                + (isThere(spec.url()) ? "it is a file; -f reads lists" : "no such folder"));
      }
      Path path = path(spec.url());
      Path real = real(spec, path);
      try {
        addRepository(place, spec, real, overrides);
      } catch (NoRepositoryException e) {
        List<TargetSpec> children = FolderOfClones.in(spec, real);
        if (children.isEmpty()) {
          throw e;
        }
        talk.accept(
            place
                + (children.size() == 1 ? "1 repository" : children.size() + " repositories")
                + " in "
                + spec.target());
        children.forEach(child -> addChild(place, child, overrides));
      }
    }

    /** What is wrong with one says nothing of those beside it. */
    private void addChild(String place, TargetSpec spec, PlanOverrides overrides) {
      try {
        if (!TargetParser.isVisible(spec.url())) {
          throw new TargetException(
              "the folder '" + spec.target() + "' has control or invisible characters in its name");
        }
        addRepository(place, spec, real(spec, path(spec.url())), overrides);
      } catch (TargetException e) {
        errors.add(place + e.getMessage());
      }
    }

    private Path real(TargetSpec spec, Path path) {
      try {
        return path.toRealPath();
      } catch (IOException e) {
        throw new TargetException("'" + spec.target() + "' can't be read: " + e.getMessage());
      }
    }

    private void addRepository(String place, TargetSpec spec, Path real, PlanOverrides overrides) {
      CanonicalTarget canonical = CanonicalTarget.ofPath(real);
      try {
        if (isGlob(spec)) {
          LocalCommit commit = LocalCommit.find(git, spec.withSubpath(null), real);
          for (TargetSpec folder : folders(place, spec, commit)) {
            take(place, folder, canonical, commit, null, overrides);
          }
        } else {
          LocalCommit commit = LocalCommit.find(git, spec, real);
          take(place, spec, canonical, commit, null, overrides);
        }
      } catch (UnusableTargetException e) {
        take(place, spec, canonical, null, e.unusable(), overrides);
      }
    }

    private boolean isGlob(TargetSpec spec) {
      String subpath = spec.subpath();
      return subpath != null && SubpathGlob.isGlob(subpath);
    }

    private List<TargetSpec> folders(String place, TargetSpec spec, LocalCommit commit) {
      SubpathGlob glob = new SubpathGlob(String.valueOf(spec.subpath()));
      List<String> matching =
          commit.folders(git, spec, glob.base()).stream().filter(glob::matches).toList();
      List<String> usable = matching.stream().filter(TargetParser::isSubpath).toList();
      if (usable.isEmpty()) {
        throw new TargetException(
            "'"
                + spec.target()
                + "' matches no folder in commit "
                + commit.id().substring(0, 12)
                + (matching.isEmpty() ? "" : " whose name can be written"));
      }
      talk.accept(
          place
              + "'"
              + spec.target()
              + "' is "
              + (usable.size() == 1 ? "1 folder" : usable.size() + " folders")
              + (usable.size() == matching.size()
                  ? ""
                  : "; " + (matching.size() - usable.size()) + " more have unreadable names"));
      return usable.stream().map(spec::withSubpath).toList();
    }

    private void take(
        String place,
        TargetSpec spec,
        CanonicalTarget canonical,
        @Nullable LocalCommit commit,
        @Nullable Unusable unusable,
        PlanOverrides overrides) {
      if (!filter.keeps(canonical, spec.subpath())) {
        leftOut++;
        return;
      }
      String identity =
          TargetKey.identity(canonical, spec.ref(), spec.subpath(), overrides.canonical());
      WantedTarget target =
          new WantedTarget(
              spec,
              canonical,
              TargetKey.ofIdentity(canonical, spec.subpath(), identity),
              commit,
              unusable,
              overrides);
      if (isDuplicate(place, identity, target)) {
        return;
      }
      seen.add(identity, wanted.add(target));
      if (unusable != null) {
        talk.accept(place + unusable.problem() + "; it counts as failed");
      }
    }

    private boolean isDuplicate(String place, String identity, WantedTarget target) {
      for (long at : seen.find(identity)) {
        WantedTarget other = wanted.at(at);
        String typed = target.spec().target();
        if (target.isSameAs(other)) {
          duplicates.add(
              place
                  + "'"
                  + typed
                  + (typed.equals(other.spec().target())
                      ? "' is there twice: reviewed once"
                      : "' is the same as '" + other.spec().target() + "': reviewed once"));
          return true;
        }
        if (target.key().equals(other.key())) {
          throw new TargetException(
              "'"
                  + typed
                  + "' and '"
                  + other.spec().target()
                  + "' have the same key "
                  + target.key()
                  + " by chance: review one of them in another batch");
        }
      }
      return false;
    }
  }
}
