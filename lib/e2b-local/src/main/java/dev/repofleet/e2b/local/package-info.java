@NullMarked
package dev.repofleet.e2b.local;

import org.jspecify.annotations.NullMarked;
