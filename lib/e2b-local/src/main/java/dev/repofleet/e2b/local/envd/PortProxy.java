package dev.repofleet.e2b.local.envd;

import dev.repofleet.e2b.local.http.Exchange;
import dev.repofleet.e2b.local.sandbox.Sandbox;
import dev.repofleet.e2b.local.wire.HttpReply;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands HTTP requests on to the programs of a sandbox that listen on a port: bodies as they come in
 * both directions, WebSockets too. Thread-safe.
 */
public final class PortProxy {
  private static final Logger log = LoggerFactory.getLogger(PortProxy.class);
  private static final Duration CONNECT = Duration.ofSeconds(5);

  private static final int SWITCHING_PROTOCOLS = 101;
  private static final int MOST_CONNECTIONS = 10_000;
  private static final HttpReply NO_ANSWER =
      HttpReply.error(502, "the program in the sandbox closed the connection without an answer");

  /** RFC 9110, 7.6.1, and what is for this server alone. */
  private static final Set<String> NOT_HANDED_ON =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "host",
          "e2b-sandbox-id",
          "e2b-sandbox-port",
          "e2b-traffic-access-token");

  private final HttpClient client;
  private final HttpClient webSockets;

  public PortProxy(Vertx engine) {
    client = engine.createHttpClient(options().setKeepAlive(false), connections());
    // Without keep-alive the header Connection would say "close", and not "Upgrade".
    webSockets = engine.createHttpClient(options(), connections());
  }

  /** One for each request that is open: the usual five would keep the sixth waiting for ever. */
  private static PoolOptions connections() {
    return new PoolOptions().setHttp1MaxSize(MOST_CONNECTIONS);
  }

  private static HttpClientOptions options() {
    return new HttpClientOptions()
        .setConnectTimeout((int) CONNECT.toMillis())
        .setMaxHeaderSize(64 * 1024);
  }

  /**
   * Hands a request on; called on the event loop, before the body is read.
   *
   * @param closed the answer when nobody listens
   */
  void forward(Exchange exchange, Sandbox sandbox, int port, HttpReply closed) {
    HttpServerRequest request = exchange.request();
    request.pause();
    exchange.execute(
        () -> {
          Optional<String> listener = listener(sandbox, port);
          exchange.onEventLoop(
              () -> {
                if (listener.isPresent()) {
                  connect(exchange, sandbox, listener.get(), port, closed);
                } else {
                  request.resume();
                  exchange.reply(closed);
                }
              });
        });
  }

  private static Optional<String> listener(Sandbox sandbox, int port) {
    try {
      return sandbox.machine().listener(port);
    } catch (IOException ending) {
      log.info("the ports of {} could not be read: {}", sandbox.id(), ending.getMessage());
      return Optional.empty();
    }
  }

  private void connect(
      Exchange exchange, Sandbox sandbox, String address, int port, HttpReply closed) {
    HttpServerRequest request = exchange.request();
    RequestOptions options =
        new RequestOptions()
            .setHost(address)
            .setPort(port)
            .setMethod(request.method())
            .setURI(request.uri());
    HttpClient toSandbox = request.canUpgradeToWebSocket() ? webSockets : client;
    toSandbox
        .request(options)
        .onComplete(
            connected -> {
              if (connected.failed()) {
                request.resume();
                exchange.reply(closed);
              } else {
                send(exchange, sandbox.network().maskedHost(port), connected.result());
              }
            });
  }

  private static void send(Exchange exchange, String maskedHost, HttpClientRequest outgoing) {
    HttpServerRequest request = exchange.request();
    copy(request.headers(), outgoing.headers());
    String host = maskedHost.isEmpty() ? exchange.header("Host") : maskedHost;
    HostAndPort authority = host == null ? null : HostAndPort.parseAuthority(host, -1);
    if (authority != null) {
      outgoing.authority(authority);
    }
    request.response().closeHandler(left -> outgoing.reset());
    if (request.canUpgradeToWebSocket()) {
      openTunnel(exchange, outgoing);
      return;
    }
    outgoing.setChunked(request.headers().contains("Transfer-Encoding"));
    outgoing
        .response()
        .onComplete(
            answered -> {
              if (answered.failed()) {
                exchange.reply(NO_ANSWER);
              } else {
                answer(request, answered.result());
              }
            });
    // Its own failure comes as a failed response, too.
    var unused =
        request.pipe().endOnFailure(false).to(outgoing).onFailure(broken -> outgoing.reset());
  }

  /** The program answers the handshake itself; after it bytes go both ways as they come. */
  private static void openTunnel(Exchange exchange, HttpClientRequest outgoing) {
    HttpServerRequest request = exchange.request();
    request.resume();
    // What breaks later is told by the sockets.
    outgoing.exceptionHandler(broken -> {});
    outgoing.putHeader("Connection", "Upgrade").putHeader("Upgrade", "websocket");
    outgoing
        .connect()
        .onComplete(
            answered -> {
              if (answered.failed()) {
                exchange.reply(NO_ANSWER);
              } else if (answered.result().statusCode() == SWITCHING_PROTOCOLS) {
                tunnel(request, answered.result());
              } else {
                answer(request, answered.result());
              }
            });
  }

  private static void tunnel(HttpServerRequest request, HttpClientResponse answer) {
    NetSocket inside = answer.netSocket();
    inside.pause();
    copy(answer.headers(), request.response().headers());
    request.response().putHeader("Connection", "Upgrade").putHeader("Upgrade", "websocket");
    request
        .toNetSocket()
        .onComplete(
            opened -> {
              if (opened.failed()) {
                inside.close();
                return;
              }
              NetSocket outside = opened.result();
              // A pipe ends what it leads to; when one side breaks off, so does the other.
              outside.exceptionHandler(broken -> inside.close());
              inside.exceptionHandler(broken -> outside.close());
              var unused = inside.pipeTo(outside);
              unused = outside.pipeTo(inside);
            });
  }

  private static void answer(HttpServerRequest request, HttpClientResponse answer) {
    HttpServerResponse response = request.response();
    response.setStatusCode(answer.statusCode()).setStatusMessage(answer.statusMessage());
    copy(answer.headers(), response.headers());
    boolean length = answer.headers().contains("Content-Length");
    response.setChunked(!length);
    // An answer that breaks off must not look whole.
    var unused =
        answer
            .pipe()
            .endOnFailure(false)
            .to(response)
            .onFailure(broken -> request.connection().close());
  }

  private static void copy(MultiMap from, MultiMap to) {
    for (String name : from.names()) {
      if (!NOT_HANDED_ON.contains(name.toLowerCase(Locale.ROOT))) {
        List<String> values = from.getAll(name);
        to.set(name, values);
      }
    }
  }
}
