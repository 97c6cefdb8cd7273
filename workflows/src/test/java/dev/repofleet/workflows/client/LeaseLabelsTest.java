package dev.repofleet.workflows.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeaseLabelsTest {
  private static final String FIRST = "11111111-2222-3333-4444-555555555555";
  private static final String LATER = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
  private static final String REVIEW = "review/b.1/github.com_o_r-0123456789";

  private static Map<String, String> labels() {
    return new HashMap<>(
        Map.of("lease", REVIEW + ":" + FIRST + ":0", "workflow", REVIEW, "run", LATER));
  }

  @Test
  void the_run_is_the_one_that_asked_not_the_one_before_a_reset() {
    assertThat(LeaseLabels.of(labels()))
        .hasValue(new LeaseLabels("b.1", "github.com_o_r-0123456789", LATER));
    assertThat(LeaseLabels.of(labels()).orElseThrow().workflowId()).isEqualTo(REVIEW);
  }

  @Test
  void the_lease_alone_is_enough() {
    Map<String, String> labels = labels();
    labels.remove("workflow");
    labels.remove("run");
    assertThat(LeaseLabels.of(labels))
        .hasValue(new LeaseLabels("b.1", "github.com_o_r-0123456789", FIRST));
  }

  @ParameterizedTest
  @CsvSource({
    "lease, ''",
    "lease, review/b.1/k:not-a-run:0",
    "lease, review/b.1/k:11111111-2222-3333-4444-555555555555",
    "lease, review-batch/b.1:11111111-2222-3333-4444-555555555555:0",
    "lease, review/../k:11111111-2222-3333-4444-555555555555:0",
    "lease, review/b.1/x/y:11111111-2222-3333-4444-555555555555:0",
    "workflow, review/b.2/another",
    "run, latest",
    "run, ''"
  })
  void labels_that_are_not_those_of_a_review_name_none(String label, String value) {
    Map<String, String> labels = labels();
    labels.put(label, value);
    assertThat(LeaseLabels.of(labels)).isEmpty();
  }

  @Test
  void a_sandbox_without_labels_names_none() {
    assertThat(LeaseLabels.of(Map.of())).isEmpty();
  }
}
