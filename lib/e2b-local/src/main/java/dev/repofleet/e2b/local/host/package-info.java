/** Machines of this host's processes and files: bubblewrap, or plain directories. */
@NullMarked
package dev.repofleet.e2b.local.host;

import org.jspecify.annotations.NullMarked;
