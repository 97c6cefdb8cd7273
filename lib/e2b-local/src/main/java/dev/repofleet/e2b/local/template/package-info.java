/** Templates and snapshots: built, stored, and what sandboxes start from. */
@NullMarked
package dev.repofleet.e2b.local.template;

import org.jspecify.annotations.NullMarked;
