@NullMarked
package dev.repofleet.starter;

import org.jspecify.annotations.NullMarked;
