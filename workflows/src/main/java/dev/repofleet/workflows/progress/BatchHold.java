package dev.repofleet.workflows.progress;

import dev.repofleet.workflows.Payload;
import org.jspecify.annotations.Nullable;

/**
 * The pool tells a batch that it gives no permits until a person resumes, or gives them again.
 *
 * @param reason in a sentence for people; absent: it goes on
 */
@Payload
public record BatchHold(@Nullable String reason) {}
