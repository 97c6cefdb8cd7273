/** E2B's public API: sandboxes, lists, templates, and this server's fault switches. */
@NullMarked
package dev.repofleet.e2b.local.control;

import org.jspecify.annotations.NullMarked;
