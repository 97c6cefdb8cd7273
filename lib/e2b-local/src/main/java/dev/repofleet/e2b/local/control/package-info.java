/**
 * E2B's public API, and this server's own fault switches over HTTP. Start at {@link
 * dev.repofleet.e2b.local.control.ControlPlane}.
 */
@NullMarked
package dev.repofleet.e2b.local.control;

import org.jspecify.annotations.NullMarked;
