package dev.repofleet.e2b;

import java.time.Instant;

/**
 * A tag of a template: {@code name:tag} means the build.
 *
 * @param createdAt when the build got it
 */
public record TemplateTag(String tag, String buildId, Instant createdAt) {}
