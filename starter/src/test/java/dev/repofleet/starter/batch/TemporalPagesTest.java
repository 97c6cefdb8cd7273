package dev.repofleet.starter.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TemporalPagesTest {
  @Test
  void a_server_nobody_named_has_its_ui_beside_it() {
    assertThat(TemporalPages.of(Map.of(), "b"))
        .contains(
            URI.create("http://127.0.0.1:8233/namespaces/default/workflows/review-batch%2Fb"));
  }

  @Test
  void a_server_elsewhere_needs_its_ui_named() {
    Map<String, String> elsewhere = Map.of("TEMPORAL_ADDRESS", "temporal.example:7233");
    assertThat(TemporalPages.of(elsewhere, "b")).isEmpty();
    assertThat(
            TemporalPages.of(
                Map.of(
                    "TEMPORAL_ADDRESS", "temporal.example:7233",
                    "TEMPORAL_NAMESPACE", "reviews.prod",
                    "REPOFLEET_TEMPORAL_UI", "https://ui.example/"),
                "b"))
        .contains(
            URI.create("https://ui.example/namespaces/reviews.prod/workflows/review-batch%2Fb"));
  }

  @Test
  void what_is_no_address_is_refused() {
    assertThatThrownBy(
            () -> TemporalPages.of(Map.of("REPOFLEET_TEMPORAL_UI", "javascript:alert(1)"), "b"))
        .hasMessageContaining("REPOFLEET_TEMPORAL_UI is no address");
  }
}
