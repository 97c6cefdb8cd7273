package dev.repofleet.starter.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** Peers of an HTTP server that have begun a request and stand still. For one thread. */
public final class HalfRequests implements AutoCloseable {
  private static final byte[] BEGINNING =
      "POST /decode HTTP/1.1\r\nContent-Le".getBytes(StandardCharsets.US_ASCII);

  private final Deque<Socket> peers = new ArrayDeque<>();

  private HalfRequests() {}

  /** So many, each with a connection of its own. */
  public static HalfRequests open(URI server, int count) throws IOException {
    HalfRequests all = new HalfRequests();
    try {
      for (int i = 0; i < count; i++) {
        Socket peer = new Socket(server.getHost(), server.getPort());
        all.peers.push(peer);
        peer.getOutputStream().write(BEGINNING);
      }
      return all;
    } catch (IOException e) {
      all.close();
      throw e;
    }
  }

  int count() {
    return peers.size();
  }

  /** Blocks until the server has closed each; fails when it does not. */
  public void awaitGivenUp(Duration atMost) throws IOException {
    for (Socket peer : peers) {
      peer.setSoTimeout(Math.toIntExact(atMost.toMillis()));
      try {
        assertThat(peer.getInputStream().read()).as("an end without an answer").isEqualTo(-1);
      } catch (SocketTimeoutException e) {
        throw new AssertionError("the server waits for ever", e);
      } catch (SocketException closed) {
        // So it may also end.
      }
    }
  }

  @Override
  public void close() throws IOException {
    while (!peers.isEmpty()) {
      peers.pop().close();
    }
  }
}
