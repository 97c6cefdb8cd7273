package dev.repofleet.e2b;

import java.util.List;

/**
 * A build that was started. It goes on at E2B whoever watches it.
 *
 * @param templateId of the template, new or there before
 * @param buildId of this build
 * @param names what sandboxes can be created by once it is ready, beside the id
 */
public record TemplateBuild(String templateId, String buildId, List<String> names) {
  /** Copies the names. */
  public TemplateBuild {
    names = List.copyOf(names);
  }
}
