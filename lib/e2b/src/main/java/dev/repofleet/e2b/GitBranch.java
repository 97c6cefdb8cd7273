package dev.repofleet.e2b;

import org.jspecify.annotations.Nullable;

/**
 * A local branch.
 *
 * @param name without {@code refs/heads/}
 * @param commit its newest commit
 * @param current whether it is checked out
 * @param upstream the remote branch it follows, for example {@code origin/main}; null if none
 */
public record GitBranch(String name, String commit, boolean current, @Nullable String upstream) {}
