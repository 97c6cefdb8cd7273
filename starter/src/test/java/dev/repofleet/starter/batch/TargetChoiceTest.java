package dev.repofleet.starter.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.target.CanonicalTarget;
import dev.repofleet.artifacts.target.TargetKey;
import dev.repofleet.artifacts.target.TargetParser;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.artifacts.target.TargetSpec;
import dev.repofleet.starter.command.CommandException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetChoiceTest {
  private static final List<TargetRow> TARGETS =
      rows("acme/billing", "acme/billing-ui", "other/api");

  private static List<TargetRow> rows(String... targets) {
    List<TargetRow> rows = new ArrayList<>();
    for (String target : targets) {
      TargetSpec spec = new TargetParser(path -> false).parse(target);
      CanonicalTarget canonical = CanonicalTarget.ofUrl(spec.url());
      rows.add(TargetRow.git(rows.size(), TargetKey.of(canonical, null, null), spec, canonical));
    }
    return List.copyOf(rows);
  }

  private static int choose(String typed) {
    return TargetChoice.choose("b", TARGETS, typed).index();
  }

  private static void refused(String typed, String sentence) {
    assertThatThrownBy(() -> choose(typed))
        .isInstanceOfSatisfying(
            CommandException.class, e -> assertThat(e.getExitCode()).isEqualTo(2))
        .hasMessageContaining(sentence);
  }

  @Test
  void a_target_is_found_as_it_was_typed_by_its_key_and_by_its_url() {
    assertThat(choose("acme/billing")).isZero();
    assertThat(choose(TARGETS.get(1).key())).isEqualTo(1);
    assertThat(choose(String.valueOf(TARGETS.get(2).url()))).isEqualTo(2);
  }

  @Test
  void a_part_that_only_one_has_is_enough() {
    assertThat(choose("Billing-UI")).isEqualTo(1);
    assertThat(choose("api")).isEqualTo(2);
  }

  @Test
  void a_part_of_several_is_refused_with_their_names() {
    refused(
        "bill",
        "batch b has 2 targets with 'bill' in their names: acme/billing, acme/billing-ui; write"
            + " more of it");
  }

  @Test
  void what_names_several_targets_alike_is_refused_with_their_keys() {
    TargetSpec spec = new TargetParser(path -> false).parse("acme/mono");
    CanonicalTarget canonical = CanonicalTarget.ofUrl(spec.url());
    TargetRow whole = TargetRow.git(0, "acme-mono-1", spec, canonical);
    TargetRow part =
        TargetRow.git(
            1,
            "acme-mono-2",
            new TargetParser(path -> false).parse("acme/mono#services"),
            canonical);
    TargetRow again = TargetRow.git(2, "acme-mono-3", spec, canonical);
    String url = String.valueOf(whole.url());
    assertThat(TargetChoice.choose("b", List.of(whole, part), "acme/mono")).isEqualTo(whole);
    assertThatThrownBy(() -> TargetChoice.choose("b", List.of(whole, part), url))
        .hasMessage(
            "batch b has 2 targets of '"
                + url
                + "'; say which by its key: acme-mono-1, acme-mono-2");
    assertThatThrownBy(() -> TargetChoice.choose("b", List.of(whole, again), "acme/mono"))
        .hasMessageEndingWith("say which by its key: acme-mono-1, acme-mono-3");
    assertThat(TargetChoice.choose("b", List.of(whole, again), "acme-mono-3")).isEqualTo(again);
  }

  @Test
  void an_unknown_one_is_refused_with_the_nearest_or_with_those_there_are() {
    refused("acme/bilingui", "did you mean 'acme/billing");
    refused("apo", "did you mean 'other/api'?");
    refused("something-else", "it has acme/billing, acme/billing-ui, other/api");
    refused("", "it has acme/billing");
    refused("\u001b[2J", "no target '[2J'");
  }
}
