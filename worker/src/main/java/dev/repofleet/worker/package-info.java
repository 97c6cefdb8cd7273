@NullMarked
package dev.repofleet.worker;

import org.jspecify.annotations.NullMarked;
