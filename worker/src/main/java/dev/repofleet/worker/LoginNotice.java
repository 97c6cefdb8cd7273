package dev.repofleet.worker;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells in the log when Temporal begins to refuse a worker's login, and when it takes it again. The
 * SDK goes on polling all the while, and tells of it in warnings that nobody sees among those of
 * every call it repeats. Thread-safe.
 */
public final class LoginNotice implements ClientInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger(LoginNotice.class);

  private static final Set<Status.Code> REFUSALS =
      Set.of(Status.Code.UNAUTHENTICATED, Status.Code.PERMISSION_DENIED);

  /** Other calls may be refused for what they ask; a worker that may not poll is none. */
  private static final String POLL = "Poll";

  private final AtomicBoolean refused = new AtomicBoolean();

  /** Listens to the calls of a connection that is about to be made. */
  public WorkflowServiceStubsOptions.Builder listen(WorkflowServiceStubsOptions.Builder options) {
    return options.addGrpcClientInterceptor(this);
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    ClientCall<Q, A> call = next.newCall(method, options);
    String name = method.getBareMethodName();
    if (name == null || !name.startsWith(POLL)) {
      return call;
    }
    return new SimpleForwardingClientCall<>(call) {
      @Override
      public void start(Listener<A> listener, Metadata headers) {
        super.start(
            new SimpleForwardingClientCallListener<>(listener) {
              @Override
              public void onClose(Status status, Metadata trailers) {
                ended(status);
                super.onClose(status, trailers);
              }
            },
            headers);
      }
    };
  }

  /** A certificate that is no longer taken ends connections, before any call is looked at. */
  private static boolean isRefusal(Status status) {
    for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException) {
        return true;
      }
    }
    return REFUSALS.contains(status.getCode());
  }

  private void ended(Status status) {
    if (isRefusal(status)) {
      if (refused.compareAndSet(false, true)) {
        LOG.error(
            "Temporal refuses this worker's login ({}): no work is taken up until it is accepted"
                + " again. Check the API key or the certificates; for other ones start the worker"
                + " anew",
            status.getCode());
      }
    } else if (status.isOk() && refused.compareAndSet(true, false)) {
      LOG.info("Temporal accepts this worker's login again");
    }
  }
}
