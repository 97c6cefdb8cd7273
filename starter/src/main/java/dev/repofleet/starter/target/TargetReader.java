package dev.repofleet.starter.target;

import dev.repofleet.artifacts.CanonicalTarget;
import dev.repofleet.artifacts.TargetKey;
import dev.repofleet.artifacts.TargetParser;
import dev.repofleet.artifacts.TargetSpec;
import dev.repofleet.artifacts.TargetSyntaxException;
import dev.repofleet.starter.CommandContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads targets from arguments and a list, one a line. For one reading by one thread.
 *
 * <p>All that is wrong with them is told at once, each with its line; nothing is started then. The
 * same repository, ref and subpath twice is reviewed once, which is said. A repository without what
 * was asked of it is nothing wrong with the others: that is said, and it is kept to fail alone.
 */
public final class TargetReader {
  private static final int MAX_ERRORS = 10;

  /** Above this a list is a mistake: a server's history could not hold the batch anyway. */
  private static final int MAX_TARGETS = 100_000;

  private static final int MAX_LINE = 8192;

  private final CommandContext context;
  private final Consumer<String> talk;
  private final TargetParser parser;
  private final Map<String, WantedTarget> wanted = new LinkedHashMap<>();
  private final List<String> errors = new ArrayList<>();
  private int moreErrors;

  /**
   * A reader.
   *
   * @param talk gets the lines about what is left out or will fail
   */
  public TargetReader(CommandContext context, Consumer<String> talk) {
    this.context = context;
    this.talk = talk;
    this.parser = new TargetParser(text -> Files.isDirectory(path(text)));
  }

  /**
   * Reads all targets, arguments first.
   *
   * @param list a file's name, {@code -} for standard input, or absent
   * @return the targets in their order, at least one
   * @throws TargetException when one is wrong or there are none
   */
  public List<WantedTarget> read(List<String> arguments, @Nullable String list) {
    try (GitCommand git = GitCommand.on(context.environment())) {
      for (String argument : arguments) {
        add(git, argument, "");
      }
      if (list != null) {
        readList(git, list);
      }
    }
    if (!errors.isEmpty()) {
      if (moreErrors > 0) {
        errors.add("and " + moreErrors + " more");
      }
      throw new TargetException(String.join("\n", errors));
    }
    if (wanted.isEmpty()) {
      throw new TargetException(
          list == null
              ? "no target is named: write URLs, owner/name or paths, or -f FILE"
              : "the list " + name(list) + " has no target: write one a line");
    }
    return List.copyOf(wanted.values());
  }

  private static String name(String list) {
    return list.equals("-") ? "standard input" : list;
  }

  private void readList(GitCommand git, String list) {
    Path file = path(list);
    if (!list.equals("-") && !Files.isRegularFile(file) && !Files.exists(file)) {
      throw new TargetException("there is no file " + list + " for -f");
    }
    if (!list.equals("-") && Files.isDirectory(file)) {
      throw new TargetException(
          list + " is a folder, and -f takes a file with a target a line; name it without -f");
    }
    try (InputStream in = list.equals("-") ? context.in() : Files.newInputStream(file);
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()))) {
      int number = 0;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        String typed = number == 1 && line.startsWith("\uFEFF") ? line.substring(1) : line;
        if (!typed.isBlank() && !typed.stripLeading().startsWith("#")) {
          add(git, typed, name(list) + ":" + number + ": ");
        }
      }
    } catch (CharacterCodingException e) {
      throw new TargetException(name(list) + " is not UTF-8 text");
    } catch (IOException e) {
      throw new TargetException(name(list) + " can't be read: " + e);
    }
  }

  private void add(GitCommand git, String typed, String place) {
    if (wanted.size() >= MAX_TARGETS) {
      throw new TargetException("more than " + MAX_TARGETS + " targets: divide them into batches");
    }
    try {
      if (typed.length() > MAX_LINE) {
        throw new TargetException("a target is longer than " + MAX_LINE + " characters");
      }
      WantedTarget target = understand(git, parser.parse(typed));
      if (wanted.putIfAbsent(target.key(), target) != null) {
        talk.accept(place + "'" + target.spec().target() + "' is there twice: reviewed once");
        return;
      }
      Unusable unusable = target.unusable();
      if (unusable != null) {
        talk.accept(place + unusable.problem() + "; it counts as failed");
      }
    } catch (TargetSyntaxException | TargetException e) {
      if (errors.size() < MAX_ERRORS) {
        errors.add(place + e.getMessage());
      } else {
        moreErrors++;
      }
    }
  }

  private WantedTarget understand(GitCommand git, TargetSpec spec) {
    if (spec.kind() == TargetSpec.Kind.URL) {
      CanonicalTarget canonical = CanonicalTarget.ofUrl(spec.url());
      return new WantedTarget(
          spec, canonical, TargetKey.of(canonical, spec.ref(), spec.subpath()), null, null);
    }
    Path path = path(spec.url());
    if (!Files.isDirectory(path)) {
      throw new TargetException(
          "'"
              + spec.target()
              + "' is not there: "
              + (Files.exists(path) ? "it is a file; -f reads lists" : "no such folder"));
    }
    try {
      Path real = path.toRealPath();
      CanonicalTarget canonical = CanonicalTarget.ofPath(real);
      String key = TargetKey.of(canonical, spec.ref(), spec.subpath());
      try {
        LocalCommit commit = LocalCommit.find(git, spec, real);
        return new WantedTarget(spec, canonical, key, commit, null);
      } catch (UnusableTargetException e) {
        return new WantedTarget(spec, canonical, key, null, e.unusable());
      }
    } catch (IOException e) {
      throw new TargetException("'" + spec.target() + "' can't be read: " + e.getMessage());
    }
  }

  private Path path(String typed) {
    if (typed.equals("~") || typed.startsWith("~/")) {
      return context.home().resolve(typed.substring(Math.min(2, typed.length())));
    }
    return context.workingDirectory().resolve(typed);
  }
}
