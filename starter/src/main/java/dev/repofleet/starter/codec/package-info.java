/** The codec endpoint, by which Temporal's UI shows encrypted payloads. */
@NullMarked
package dev.repofleet.starter.codec;

import org.jspecify.annotations.NullMarked;
