@NullMarked
package dev.repofleet.e2b;

import org.jspecify.annotations.NullMarked;
