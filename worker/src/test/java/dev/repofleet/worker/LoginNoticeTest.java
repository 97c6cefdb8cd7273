package dev.repofleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LoginNoticeTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger(LoginNotice.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final LoginNotice notice = new LoginNotice();

  @BeforeEach
  void listen() {
    logger.setLevel(Level.INFO);
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(log);
    logger.setLevel(null);
  }

  private void poll(Status end) {
    call(WorkflowServiceGrpc.getPollWorkflowTaskQueueMethod(), end);
  }

  private <Q, A> void call(MethodDescriptor<Q, A> method, Status end) {
    notice
        .interceptCall(method, CallOptions.DEFAULT, new Ending(end))
        .start(new ClientCall.Listener<>() {}, new Metadata());
  }

  private List<String> said() {
    return log.list.stream()
        .map(event -> event.getLevel() + " " + event.getFormattedMessage())
        .toList();
  }

  @Test
  void a_refusal_and_its_end_are_told_once_each() {
    poll(Status.OK);
    poll(Status.UNAUTHENTICATED.withDescription("a key"));
    poll(Status.PERMISSION_DENIED);
    poll(Status.UNAVAILABLE);
    poll(Status.OK);
    poll(Status.OK);
    assertThat(said())
        .hasSize(2)
        .noneMatch(line -> line.contains("a key"))
        .satisfies(
            lines ->
                assertThat(lines.get(0))
                    .startsWith("ERROR Temporal refuses this worker's login (UNAUTHENTICATED)"))
        .satisfies(lines -> assertThat(lines.get(1)).startsWith("INFO Temporal accepts"));
  }

  @Test
  void a_certificate_that_is_no_longer_taken_is_a_refusal_and_a_server_that_is_away_is_none() {
    poll(Status.UNAVAILABLE);
    poll(Status.DEADLINE_EXCEEDED);
    assertThat(said()).isEmpty();
    poll(
        Status.UNAVAILABLE.withCause(
            new IllegalStateException(new SSLHandshakeException("certificate_expired"))));
    assertThat(said()).singleElement().asString().contains("(UNAVAILABLE)", "the certificates");
  }

  @Test
  void what_other_calls_are_refused_is_their_own() {
    call(WorkflowServiceGrpc.getListWorkflowExecutionsMethod(), Status.PERMISSION_DENIED);
    assertThat(said()).isEmpty();
  }

  /** A server whose every call ends so. */
  private static final class Ending extends Channel {
    private final Status status;

    Ending(Status status) {
      this.status = status;
    }

    @Override
    public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
      return new ClientCall<>() {
        @Override
        public void start(Listener<A> listener, Metadata headers) {
          listener.onClose(status, new Metadata());
        }

        @Override
        public void request(int count) {}

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {}

        @Override
        public void halfClose() {}

        @Override
        public void sendMessage(Q message) {}
      };
    }

    @Override
    public String authority() {
      return "temporal.test";
    }
  }
}
