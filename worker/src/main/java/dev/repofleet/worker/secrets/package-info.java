/**
 * What is secret on a worker: {@link dev.repofleet.worker.secrets.KnownSecrets} keeps it out of
 * what is stored or shown, {@link dev.repofleet.worker.secrets.AgentEnvironment} gives an agent the
 * little that it may have. Every package of the worker may use it.
 */
@NullMarked
package dev.repofleet.worker.secrets;

import org.jspecify.annotations.NullMarked;
