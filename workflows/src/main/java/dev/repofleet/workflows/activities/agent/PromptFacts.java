package dev.repofleet.workflows.activities.agent;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.activities.git.Incremental;
import dev.repofleet.workflows.activities.git.ReviewIgnore;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a prompt may say of the repository, beside its commit and folder. All of it is pinned before
 * the turn, so that each attempt at it says the same.
 *
 * @param repository its one spelling
 * @param ref the full name of the branch or tag, or what was asked for; absent for a bare commit
 * @param files tracked at the commit, within the subpath if there is one
 * @param bytes they have together
 * @param languages the most common ones by bytes, at most five
 * @param languagePercents of the bytes in known languages, in their order
 * @param findings of the review so far
 * @param ignored what the repository's {@code .reviewignore} leaves out; absent when there is none
 * @param incremental what changed, where the plan asks for that; else absent
 * @param rejectedUri of the judged findings, once a verification has rejected some; else absent
 */
@Payload
public record PromptFacts(
    String repository,
    @Nullable String ref,
    int files,
    long bytes,
    List<String> languages,
    List<Integer> languagePercents,
    SeverityCounts findings,
    @Nullable ReviewIgnore ignored,
    @Nullable Incremental incremental,
    @Nullable String rejectedUri) {
  public PromptFacts {
    Objects.requireNonNull(repository, "repository");
    Objects.requireNonNull(findings, "findings");
    languages = List.copyOf(languages);
    languagePercents = List.copyOf(languagePercents);
  }
}
