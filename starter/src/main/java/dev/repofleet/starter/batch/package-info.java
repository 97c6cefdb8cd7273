/**
 * What a batch is to those who ask about it: what the store has of it, how it stands at the server,
 * and where its end is written. Entry classes: {@link dev.repofleet.starter.batch.BatchRecords}
 * reads the store, {@link dev.repofleet.starter.batch.BatchWatcher} sees Temporal through {@link
 * dev.repofleet.starter.batch.BatchView} alone, so that watching can be tried without a server. The
 * verbs {@code list} and {@code status}, which do nothing else, are here; those of every other
 * package may use what is public.
 */
@NullMarked
package dev.repofleet.starter.batch;

import org.jspecify.annotations.NullMarked;
