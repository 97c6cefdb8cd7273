@NullMarked
package dev.repofleet.artifacts;

import org.jspecify.annotations.NullMarked;
