/**
 * The steps that speak Git: a commit is pinned, cloned, and what was changed since is taken. Start
 * at {@link dev.repofleet.workflows.activities.git.GitActivities}.
 */
@NullMarked
package dev.repofleet.workflows.activities.git;

import org.jspecify.annotations.NullMarked;
