/**
 * The live view of a batch on a terminal: what is known of it ({@link
 * dev.repofleet.starter.live.LiveBatch}), how that looks, and how it is drawn in its place. Begin
 * with {@link dev.repofleet.starter.live.LiveView}. It knows nothing of Temporal. Only {@code
 * review} draws by it.
 */
@NullMarked
package dev.repofleet.starter.live;

import org.jspecify.annotations.NullMarked;
