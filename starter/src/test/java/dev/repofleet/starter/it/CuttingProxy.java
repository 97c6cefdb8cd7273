package dev.repofleet.starter.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A relay for TCP on loopback, each direction of which can be cut alone: while it is, its bytes
 * wait here and nobody is told, as with packets that are lost on the way; once it is healed, they
 * go on. A trap acts between a client that has sent something and a server that has not seen it.
 *
 * <p>Thread-safe. Two threads a connection, all of them end with {@link #close}.
 */
final class CuttingProxy implements AutoCloseable {
  private static final int BUFFER = 1 << 16;

  /** A request's head and the beginning of its body may come in two pieces. */
  private static final int REMEMBERED = 1 << 13;

  private final String name;
  private final InetSocketAddress target;
  private final ServerSocket server;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Set<Direction> cut = EnumSet.noneOf(Direction.class);
  private final Object lock = new Object();
  private @Nullable Trap trap;
  private boolean closed;

  /** A way that bytes go. */
  enum Direction {
    /** From who has connected to this port. */
    TO_SERVER,
    /** The answers. */
    TO_CLIENT
  }

  private record Trap(Pattern request, BooleanSupplier then) {}

  /**
   * Listens on a free port.
   *
   * @param name of the connection, for messages
   * @param port on loopback, of the server behind
   */
  CuttingProxy(String name, int port) {
    this.name = name;
    this.target = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try {
      server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    thread("accept", this::accept);
  }

  /** Host and port to connect to. */
  String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  /** Holds back the bytes of these directions from now on, those under way included. */
  void cut(Direction... directions) {
    synchronized (lock) {
      cut.addAll(Set.of(directions));
    }
  }

  /** Lets everything through again, what was held back first. */
  void heal() {
    synchronized (lock) {
      cut.clear();
      lock.notifyAll();
    }
  }

  /** Ends all connections there are; new ones may come. */
  void reset() {
    sockets.forEach(CuttingProxy::close);
  }

  /**
   * Sets the trap, in place of an earlier one: when a client has sent what the pattern finds,
   * {@code then} runs before the server sees the last of it, and says whether this was the one that
   * was waited for. If not, the trap stays. What it cuts stops these bytes too.
   */
  void trap(Pattern request, BooleanSupplier then) {
    synchronized (lock) {
      trap = new Trap(request, then);
    }
  }

  /** Takes away a trap that has not caught anything. */
  void untrap() {
    synchronized (lock) {
      trap = null;
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        sockets.add(client);
        thread("relay", () -> connect(client));
      } catch (IOException ended) {
        return;
      }
    }
  }

  private void connect(Socket client) {
    Socket behind = new Socket();
    sockets.add(behind);
    try {
      behind.connect(target);
      client.setTcpNoDelay(true);
      behind.setTcpNoDelay(true);
    } catch (IOException refused) {
      close(client);
      close(behind);
      return;
    }
    thread("answers", () -> pump(behind, client, Direction.TO_CLIENT));
    pump(client, behind, Direction.TO_SERVER);
  }

  private void pump(Socket from, Socket to, Direction direction) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[BUFFER];
      StringBuilder seen = new StringBuilder();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        if (direction == Direction.TO_SERVER) {
          look(seen, new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
        }
        awaitOpen(direction);
        out.write(buffer, 0, count);
      }
      awaitOpen(direction);
      to.shutdownOutput();
    } catch (IOException broken) {
      close(from);
      close(to);
    }
  }

  private void look(StringBuilder seen, String piece) {
    Trap caught = null;
    synchronized (lock) {
      if (trap == null) {
        seen.setLength(0);
        return;
      }
      seen.append(piece);
      if (trap.request().matcher(seen).find()) {
        caught = trap;
        trap = null;
      }
    }
    seen.delete(0, Math.max(0, seen.length() - REMEMBERED));
    if (caught != null && !caught.then().getAsBoolean()) {
      seen.setLength(0);
      setAgain(caught);
    }
  }

  private void setAgain(Trap unmoved) {
    synchronized (lock) {
      if (trap == null) {
        trap = unmoved;
      }
    }
  }

  private void awaitOpen(Direction direction) throws IOException {
    synchronized (lock) {
      while (cut.contains(direction) && !closed) {
        try {
          lock.wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("interrupted", e);
        }
      }
    }
  }

  private void thread(String task, Runnable body) {
    Thread thread = new Thread(body, "cutting-proxy-" + name + "-" + task);
    thread.setDaemon(true);
    thread.start();
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    reset();
  }
}
