/** The calls into sandboxes: envd's services, its files, and the ports of its programs. */
@NullMarked
package dev.repofleet.e2b.local.envd;

import org.jspecify.annotations.NullMarked;
