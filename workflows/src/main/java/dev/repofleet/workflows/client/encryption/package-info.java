/**
 * What Temporal keeps, readable with a key alone: {@link
 * dev.repofleet.workflows.client.encryption.PayloadEncryption} is the way in. Search attributes are
 * never encrypted, since Temporal must find by them. The parent package, and whoever says what is
 * wrong with keys, may use it.
 */
@NullMarked
package dev.repofleet.workflows.client.encryption;

import org.jspecify.annotations.NullMarked;
