/**
 * The parts a fleet needs, run on this machine: a Temporal dev server, local sandboxes and a worker
 * in this process, and the verbs that serve them.
 *
 * <p>Entry class: {@link dev.repofleet.starter.embedded.EmbeddedStack}. This is the only package of
 * the starter that may see the local sandbox server and all of the worker; nothing here knows how a
 * batch is asked for. Only {@link dev.repofleet.starter.RepoFleet} may name it.
 */
@NullMarked
package dev.repofleet.starter.embedded;

import org.jspecify.annotations.NullMarked;
