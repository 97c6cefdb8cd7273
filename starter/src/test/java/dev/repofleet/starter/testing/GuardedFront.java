package dev.repofleet.starter.testing;

import com.google.protobuf.MessageLite;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.HandlerRegistry;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What stands before Temporal where somebody asks who calls: TLS, a client's certificate, an API
 * key, methods that a login may not use. It hands on to a server without any of it; where there is
 * none it answers all that it lets through with what it was told, or an empty message. Thread-safe.
 */
public final class GuardedFront implements AutoCloseable {
  private static final int MAX_MESSAGE = 64 << 20;
  private static final Metadata.Key<String> AUTHORIZATION = header("authorization");
  private static final Metadata.Key<String> NAMESPACE = header("temporal-namespace");
  private static final Context.Key<Metadata> HEADERS = Context.key("headers");
  private static final MethodDescriptor.Marshaller<byte[]> BYTES = new Bytes();

  /** It tells of each client that it does not let in: here they are the point. */
  private static final Logger REFUSALS =
      Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerTransport");

  private final Server server;
  private final @Nullable ManagedChannel behind;
  private final Set<String> namespaces = ConcurrentHashMap.newKeySet();
  private final Set<String> called = ConcurrentHashMap.newKeySet();
  private final Map<String, Status> denied = new ConcurrentHashMap<>();
  private final Map<String, byte[]> answers = new ConcurrentHashMap<>();
  private volatile @Nullable String key;

  private GuardedFront(ServerCredentials credentials, int port, int portBehind) {
    REFUSALS.setLevel(Level.OFF);
    behind =
        portBehind == 0
            ? null
            : Grpc.newChannelBuilderForAddress(
                    "127.0.0.1", portBehind, InsecureChannelCredentials.create())
                .maxInboundMessageSize(MAX_MESSAGE)
                .build();
    server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port), credentials)
            .maxInboundMessageSize(MAX_MESSAGE)
            .intercept(new Guard())
            .fallbackHandlerRegistry(new AllMethods())
            .build();
    try {
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** With TLS, before a server on loopback, or before none by port 0. */
  public static GuardedFront tls(TestAuthority.Identity own, int portBehind) {
    return new GuardedFront(credentials(own).build(), 0, portBehind);
  }

  /** With TLS, for clients whose certificate is of this authority. */
  public static GuardedFront mutualTls(
      TestAuthority.Identity own, TestAuthority clients, int portBehind) {
    try {
      return new GuardedFront(
          credentials(own)
              .trustManager(clients.certificate().toFile())
              .clientAuth(ClientAuth.REQUIRE)
              .build(),
          0,
          portBehind);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Without TLS and without a server behind, on a port that is free or 0. */
  public static GuardedFront plain(int port) {
    return new GuardedFront(InsecureServerCredentials.create(), port, 0);
  }

  private static TlsServerCredentials.Builder credentials(TestAuthority.Identity own) {
    try {
      return TlsServerCredentials.newBuilder()
          .keyManager(own.certificate().toFile(), own.key().toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Metadata.Key<String> header(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  /** Host and port to connect to. */
  public String address() {
    return "127.0.0.1:" + server.getPort();
  }

  /** From now on callers need this key. */
  public void requireKey(String valid) {
    key = valid;
  }

  /** From now on nobody may use what begins so, {@code package.Service/Method}. */
  public void deny(String methods, Status status) {
    denied.put(methods, status);
  }

  /** From now on this method has this answer, where there is no server behind. */
  public void answer(MethodDescriptor<?, ?> method, MessageLite answer) {
    answers.put(method.getFullMethodName(), answer.toByteArray());
  }

  /** Whether a call of this method was let through. */
  public boolean wasCalled(MethodDescriptor<?, ?> method) {
    return called.contains(method.getFullMethodName());
  }

  /** The namespaces that calls which were let through named in their heads. */
  public Set<String> namespaces() {
    return Set.copyOf(namespaces);
  }

  @Override
  public void close() {
    server.shutdownNow();
    if (behind != null) {
      behind.shutdownNow();
    }
  }

  private final class Guard implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      Status status = judge(call.getMethodDescriptor().getFullMethodName(), headers);
      if (!status.isOk()) {
        call.close(status, new Metadata());
        return new ServerCall.Listener<>() {};
      }
      called.add(call.getMethodDescriptor().getFullMethodName());
      String namespace = headers.get(NAMESPACE);
      if (namespace != null) {
        namespaces.add(namespace);
      }
      headers.discardAll(AUTHORIZATION);
      return Contexts.interceptCall(
          Context.current().withValue(HEADERS, headers), call, headers, next);
    }

    private Status judge(String method, Metadata headers) {
      if (key != null && !("Bearer " + key).equals(headers.get(AUTHORIZATION))) {
        return Status.UNAUTHENTICATED.withDescription("invalid or expired API key");
      }
      return denied.entrySet().stream()
          .filter(each -> method.startsWith(each.getKey()))
          .map(Map.Entry::getValue)
          .findFirst()
          .orElse(Status.OK);
    }
  }

  /** All calls of Temporal's API are unary. */
  private final class AllMethods extends HandlerRegistry {
    @Override
    public ServerMethodDefinition<?, ?> lookupMethod(String name, @Nullable String authority) {
      MethodDescriptor<byte[], byte[]> method =
          MethodDescriptor.newBuilder(BYTES, BYTES)
              .setType(MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(name)
              .build();
      return ServerMethodDefinition.create(
          method,
          ServerCalls.asyncUnaryCall(
              (byte[] request, StreamObserver<byte[]> answer) -> handOn(method, request, answer)));
    }

    private void handOn(
        MethodDescriptor<byte[], byte[]> method, byte[] request, StreamObserver<byte[]> answer) {
      if (behind == null) {
        answer.onNext(answers.getOrDefault(method.getFullMethodName(), new byte[0]));
        answer.onCompleted();
        return;
      }
      Metadata headers = HEADERS.get();
      ClientCalls.asyncUnaryCall(
          ClientInterceptors.intercept(behind, MetadataUtils.newAttachHeadersInterceptor(headers))
              .newCall(method, CallOptions.DEFAULT),
          request,
          answer);
    }
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
