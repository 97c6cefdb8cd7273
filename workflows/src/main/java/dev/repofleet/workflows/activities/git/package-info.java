/** What speaks Git: a commit pinned, cloned, and what the agent changed of it. */
@NullMarked
package dev.repofleet.workflows.activities.git;

import org.jspecify.annotations.NullMarked;
