/**
 * Answers, refusals and JSON in the words of E2B's API and of Connect. Start at {@link
 * dev.repofleet.e2b.local.wire.HttpReply}; refusals are {@link
 * dev.repofleet.e2b.local.wire.ApiException} outside sandboxes and {@link
 * dev.repofleet.e2b.local.wire.RpcException} inside. Knows no other package of this server.
 */
@NullMarked
package dev.repofleet.e2b.local.wire;

import org.jspecify.annotations.NullMarked;
