package dev.repofleet.e2b;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A template's build ran and failed. The template keeps the image of its build before, if any. */
public final class TemplateBuildException extends E2bException {
  private final TemplateBuild build;
  private final @Nullable String step;

  TemplateBuildException(TemplateBuild build, @Nullable String step, String said) {
    super(
        "cannot build template %s (build %s): %s%s"
            .formatted(
                build.templateId(),
                build.buildId(),
                step == null ? "" : "step " + step + ": ",
                said),
        null);
    this.build = build;
    this.step = step;
  }

  /** The build that failed; its log can still be read. */
  public TemplateBuild build() {
    return build;
  }

  /**
   * The step that failed, in E2B's words: its number, counted from one, or a name as {@code base}.
   */
  public Optional<String> step() {
    return Optional.ofNullable(step);
  }
}
