package dev.repofleet.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class SessionIdTest {
  /** The example of RFC 9562: namespace DNS, name www.example.com. */
  @Test
  void isTheNameBasedUuidOfTheStandard() {
    UUID dns = UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8");

    assertThat(SessionId.nameBased(dns, "www.example.com"))
        .hasToString("2ed6657d-e927-568b-95e1-2665a8aea6a2");
  }

  @Test
  void isTheSameForTheSameWorkAndAnotherForTheNextGeneration() {
    UUID first = SessionId.of("review/nightly/repo", 0);

    assertThat(SessionId.of("review/nightly/repo", 0)).isEqualTo(first);
    assertThat(SessionId.of("review/nightly/repo", 1)).isNotEqualTo(first);
    assertThat(SessionId.of("review/nightly/other", 0)).isNotEqualTo(first);
    assertThat(first.version()).isEqualTo(5);
    assertThat(first.variant()).isEqualTo(2);
  }

  @Test
  void isAnotherForTheVerificationOfTheSameWork() {
    UUID verification = SessionId.ofVerification("review/nightly/repo", 0);

    assertThat(SessionId.ofVerification("review/nightly/repo", 0)).isEqualTo(verification);
    assertThat(SessionId.ofVerification("review/nightly/repo", 1)).isNotEqualTo(verification);
    assertThat(SessionId.of("review/nightly/repo", 0)).isNotEqualTo(verification);
  }

  @Test
  void hasANamespaceThatNeverChanges() {
    assertThat(SessionId.NAMESPACE).hasToString("6f1d9a52-6f0e-5b1c-9d0f-2b6a3f0c8e41");
  }
}
