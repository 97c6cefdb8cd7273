/**
 * Machines of real processes and files, kept apart by bubblewrap, or in plain directories. Start at
 * {@link dev.repofleet.e2b.local.host.HostMachine}; {@link
 * dev.repofleet.e2b.local.host.DataDirectory} is where they live, {@link
 * dev.repofleet.e2b.local.host.Isolation} what this host is able to do.
 */
@NullMarked
package dev.repofleet.e2b.local.host;

import org.jspecify.annotations.NullMarked;
