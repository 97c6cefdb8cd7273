package dev.repofleet.artifacts;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A piece of one process's event stream, as its name in the live view tells: lines {@code first} to
 * {@code last}, counted from 1. Immutable.
 *
 * @param generation of the repository's work, from 0
 * @param turn from 0
 * @param incarnation of the turn's process, from 0
 */
public record LivePiece(int generation, int turn, int incarnation, long first, long last) {
  private static final Pattern NAME =
      Pattern.compile(
          ".*/live/(\\d{1,9})\\.(\\d{1,9})\\.(\\d{1,9})/(\\d{1,18})-(\\d{1,18})\\.jsonl\\.gz");

  /** Of what {@link ArtifactPaths#live} gave, or its URI; empty for all else. */
  public static Optional<LivePiece> named(String pathOrUri) {
    Matcher name = NAME.matcher(pathOrUri);
    return name.matches()
        ? Optional.of(
            new LivePiece(
                Integer.parseInt(name.group(1)),
                Integer.parseInt(name.group(2)),
                Integer.parseInt(name.group(3)),
                Long.parseLong(name.group(4)),
                Long.parseLong(name.group(5))))
        : Optional.empty();
  }

  /** What tells the process from the repository's others, as in {@code 0.1.0}. */
  public String process() {
    return generation + "." + turn + "." + incarnation;
  }
}
