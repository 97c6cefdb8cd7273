package dev.repofleet.worker.activity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.e2b.AuthenticationException;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.E2bStatusException;
import dev.repofleet.e2b.E2bStatusException.Answer;
import dev.repofleet.e2b.E2bTransportException;
import dev.repofleet.e2b.SandboxNotFoundException;
import dev.repofleet.e2b.SandboxUnavailableException;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailureMapperTest {
  private static Answer answer(int status, String message) {
    return new Answer("create a sandbox", status, "POST", "/sandboxes", message, null);
  }

  private static ApplicationFailure map(E2bException e) {
    return FailureMapper.map(e, "no sandbox for lease l");
  }

  @Test
  void aKeyThatE2bDoesNotKnowIsTheWorkersTrouble() {
    E2bException unknown = new AuthenticationException(answer(401, "invalid API key"));

    assertThat(FailureMapper.refusesTheKey(unknown)).isTrue();
    assertThat(map(unknown).getOriginalMessage()).contains("E2B refuses the key", "E2B_API_KEY");
  }

  @Test
  void whatAGoodKeyMayNotHaveFailsInTheWordsOfE2b() {
    E2bException forbidden =
        new AuthenticationException(answer(403, "you don't have access to template t"));

    assertThat(FailureMapper.refusesTheKey(forbidden)).isFalse();
    ApplicationFailure failure = map(forbidden);
    assertThat(failure.getOriginalMessage()).contains("you don't have access to template t");
    assertThat(failure.isNonRetryable()).isTrue();
  }

  @Test
  void anE2bThatIsAwayIsNamedAndTriedAgain() {
    List<E2bException> away =
        List.of(
            new E2bTransportException("connection refused", false, new IOException("refused")),
            new E2bStatusException(answer(503, "no healthy upstream")));

    for (E2bException e : away) {
      ApplicationFailure failure = map(e);
      assertThat(failure.getType()).isEqualTo("sandbox_unreachable");
      assertThat(failure.isNonRetryable()).isFalse();
      assertThat(failure.getOriginalMessage())
          .contains(e.getMessage(), "E2B_API_URL", "try again once it answers");
    }
  }

  @Test
  void aSandboxThatDoesNotAnswerIsNoE2bThatIsAway() {
    E2bException asleep =
        new SandboxUnavailableException(
            answer(502, "port is not open"), "i1", SandboxUnavailableException.Reason.UNKNOWN);

    assertThat(map(asleep).getType()).isEqualTo("internal");
    assertThat(map(asleep).isNonRetryable()).isFalse();
  }

  @Test
  void onlyAMissingAnswerIsTriedAgainAndOnlyA404IsALoss() {
    ApplicationFailure silent =
        map(new E2bTransportException("no answer", true, new IOException("reset")));
    assertThat(silent.getType()).isEqualTo("sandbox_unreachable");
    assertThat(silent.isNonRetryable()).isFalse();

    ApplicationFailure gone = map(new SandboxNotFoundException(answer(404, "gone"), "i1"));
    assertThat(gone.getType()).isEqualTo("sandbox_lost");
    assertThat(gone.isNonRetryable()).isTrue();
  }
}
