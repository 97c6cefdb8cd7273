package dev.repofleet.starter.embedded;

import dev.repofleet.starter.command.CommandException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Ports of this machine's loopback address. Between asking and using, another may take one. */
final class LoopbackPorts {
  /** How often to try with a free one: it may be taken before it is used, hardly as often. */
  static final int ATTEMPTS = 3;

  private LoopbackPorts() {}

  /** A port nothing listens on now. */
  static int free() {
    try (ServerSocket socket = bind(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw CommandException.unreachable(
          "this machine gives no port on loopback: " + e.getMessage(), e);
    }
  }

  /** The port itself when it is given, a free one for 0. */
  static int orFree(int port) {
    return port == 0 ? free() : port;
  }

  /**
   * Makes sure that a number is a port, or 0.
   *
   * @throws CommandException with exit code 2 when it is neither
   */
  static void requireValid(int port, String part) {
    if (port < 0 || port > 65_535) {
      throw CommandException.wrongUse("the port for " + part + " is 0 to 65535, not " + port);
    }
  }

  /**
   * Makes sure that a port a person chose can be had.
   *
   * @param part of the stack that wants it, for the message
   * @param flag that changes it, for the message
   * @throws CommandException with exit code 2 when something listens there; never for 0
   */
  static void requireFree(int port, String part, String flag) {
    requireValid(port, part);
    try (ServerSocket socket = bind(port)) {
      socket.getLocalPort();
    } catch (IOException e) {
      throw CommandException.wrongUse(
          "port "
              + port
              + " for "
              + part
              + " is busy: stop what listens there, or choose another with "
              + flag);
    }
  }

  /**
   * The port itself when nothing listens there, else 0: for ports people rarely type, where a
   * working stack is worth more than a familiar number.
   */
  static int preferring(int port) {
    try (ServerSocket socket = bind(port)) {
      return socket.getLocalPort();
    } catch (IOException busy) {
      return 0;
    }
  }

  /** The port on 127.0.0.1, whichever protocol the machine prefers. */
  static InetSocketAddress address(int port) throws IOException {
    return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
  }

  private static ServerSocket bind(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      // Connections that linger from a run before must not count as busy.
      socket.setReuseAddress(true);
      socket.bind(address(port));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}
