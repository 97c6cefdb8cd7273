/**
 * What a sandbox is made of: processes and files, of this host or of memory. Start at {@link
 * dev.repofleet.e2b.local.machine.SandboxMachine}.
 */
@NullMarked
package dev.repofleet.e2b.local.machine;

import org.jspecify.annotations.NullMarked;
