package dev.repofleet.starter.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.workflows.order.PublishMode;
import dev.repofleet.workflows.order.PublishOptions;
import dev.repofleet.workflows.publish.PublishProgress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PublishedLookTest {
  private final List<String> talk = new ArrayList<>();

  private ExitCode judged(int refused, int failed, String... notes) {
    PublishOptions look =
        new PublishOptions(PublishMode.LOOK, true, true, true, false, false, List.of(), null);
    return PublishedLook.judged(
        new PublishProgress(look, 0, 3, 0, Map.of(), refused, failed, List.of(notes), null),
        talk::add);
  }

  @Test
  void whatTheForgeToldIsSuccess() {
    assertThat(judged(0, 0)).isEqualTo(ExitCode.OK);
    assertThat(talk).isEmpty();
  }

  @Test
  void aForgeThatRefusesIsNamedWithTheCauseAndTheWayOut() {
    assertThat(judged(1, 1, "k: o/r: github.com answers with HTTP 401: Bad credentials"))
        .isEqualTo(ExitCode.FINISHED_WITH_FAILURES);
    assertThat(talk)
        .satisfiesExactly(
            note -> assertThat(note).contains("github.com answers with HTTP 401"),
            sum -> assertThat(sum).startsWith("Of 2 repositories the forge did not tell"),
            wayOut -> assertThat(wayOut).contains("login", "`repofleet doctor`"));
  }

  @Test
  void aForgeThatDoesNotAnswerSaysNothingOfTheLogin() {
    assertThat(judged(0, 1, "k: the host is away")).isEqualTo(ExitCode.FINISHED_WITH_FAILURES);
    assertThat(talk).hasSize(2);
  }
}
