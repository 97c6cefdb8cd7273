/**
 * Calls into sandboxes: envd's services and files, and the ports of programs. Start at {@link
 * dev.repofleet.e2b.local.envd.DataPlane}.
 */
@NullMarked
package dev.repofleet.e2b.local.envd;

import org.jspecify.annotations.NullMarked;
