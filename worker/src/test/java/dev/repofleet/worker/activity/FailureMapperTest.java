package dev.repofleet.worker.activity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.e2b.AuthenticationException;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.E2bStatusException.Answer;
import dev.repofleet.e2b.E2bTransportException;
import dev.repofleet.e2b.SandboxNotFoundException;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
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
  void onlyAMissingAnswerIsTriedAgainAndOnlyA404IsALoss() {
    ApplicationFailure silent =
        map(new E2bTransportException("no answer", true, new IOException("reset")));
    assertThat(silent.getType()).isEqualTo("internal");
    assertThat(silent.isNonRetryable()).isFalse();

    ApplicationFailure gone = map(new SandboxNotFoundException(answer(404, "gone"), "i1"));
    assertThat(gone.getType()).isEqualTo("sandbox_lost");
    assertThat(gone.isNonRetryable()).isTrue();
  }
}
