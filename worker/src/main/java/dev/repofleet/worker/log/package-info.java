/**
 * What a fleet's log lines look like: text for people or JSON for collectors, without the secrets
 * that this process knows. {@link dev.repofleet.worker.log.LogEncoders} makes both. The worker and
 * the starter's {@code embedded} use it.
 */
@NullMarked
package dev.repofleet.worker.log;

import org.jspecify.annotations.NullMarked;
