/**
 * The way back for Temporal's UI: an endpoint that decodes encrypted payloads for a browser. Entry
 * class: {@link dev.repofleet.starter.codec.CodecServer}; {@link
 * dev.repofleet.starter.codec.UiOrigins} says whose pages it answers. It holds no keys of its own:
 * it is given the codec of {@code dev.repofleet.workflows.client.encryption}. Only {@code
 * embedded}, which runs it, uses it.
 */
@NullMarked
package dev.repofleet.starter.codec;

import org.jspecify.annotations.NullMarked;
