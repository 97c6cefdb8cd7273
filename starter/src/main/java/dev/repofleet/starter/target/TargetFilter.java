package dev.repofleet.starter.target;

import dev.repofleet.artifacts.target.CanonicalTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Which of the targets are reviewed, by regular expressions over {@code host/owner/name#folder}.
 * Immutable.
 *
 * <p>Where the host makes no difference between letter cases, an expression may be in the lower
 * case or in the one that was typed.
 *
 * @param include at least one must be found in a target; none: all are taken
 * @param exclude none may be found
 */
public record TargetFilter(List<Pattern> include, List<Pattern> exclude) {
  /** Leaves nothing out. */
  public static final TargetFilter ALL = new TargetFilter(List.of(), List.of());

  /** Keeps copies. */
  public TargetFilter {
    include = List.copyOf(include);
    exclude = List.copyOf(exclude);
  }

  /**
   * Compiles them.
   *
   * @throws TargetException naming the place at which one can't be read
   */
  public static TargetFilter of(List<String> include, List<String> exclude) {
    return new TargetFilter(compiled("--include", include), compiled("--exclude", exclude));
  }

  private static List<Pattern> compiled(String option, List<String> texts) {
    List<Pattern> patterns = new ArrayList<>();
    for (String text : texts) {
      try {
        patterns.add(Pattern.compile(text));
      } catch (PatternSyntaxException e) {
        throw new TargetException(
            option
                + " '"
                + text
                + "' is no regular expression: "
                + e.getDescription()
                + (e.getIndex() < 0 ? "" : " at character " + (e.getIndex() + 1)));
      }
    }
    return patterns;
  }

  boolean isEmpty() {
    return include.isEmpty() && exclude.isEmpty();
  }

  boolean keeps(CanonicalTarget target, @Nullable String subpath) {
    if (isEmpty()) {
      return true;
    }
    String folder = subpath == null ? "" : "#" + subpath;
    String canonical = target.canonical() + folder;
    String spelled = target.spelled() + folder;
    return (include.isEmpty() || found(include, canonical, spelled))
        && !found(exclude, canonical, spelled);
  }

  private static boolean found(List<Pattern> patterns, String canonical, String spelled) {
    return patterns.stream()
        .anyMatch(pattern -> pattern.matcher(canonical).find() || pattern.matcher(spelled).find());
  }
}
