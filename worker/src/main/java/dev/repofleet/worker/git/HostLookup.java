package dev.repofleet.worker.git;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Resolves host names. */
@FunctionalInterface
interface HostLookup {
  /** At least one address. */
  InetAddress[] lookUp(String host) throws UnknownHostException;
}
