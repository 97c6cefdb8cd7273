@NullMarked
package dev.repofleet.workflows;

import org.jspecify.annotations.NullMarked;
