package dev.repofleet.starter.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.target.CanonicalTarget;
import dev.repofleet.artifacts.target.TargetParser;
import dev.repofleet.artifacts.target.TargetSpec;
import dev.repofleet.artifacts.target.TargetSyntaxException;
import dev.repofleet.fuzz.Fuzz;
import dev.repofleet.starter.plan.PlanException;
import dev.repofleet.starter.plan.PlanOverrides;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever stands in a list: targets with their lines, or a {@link TargetException}. */
class TargetListFuzzTest {
  private static final String PLAIN =
      "\ufeff# mine\nowner/name\n\nhttps://host.example/a/b@v1#sub\r\ngit@host.example:a/b\n";

  private static final String CSV =
      "url,ref,subpath,prompt,budgetUsd\nowner/name,main,,\"Look,\n\"\"well\"\"\",2.5\n"
          + "https://host.example/a/b,,modules/core,,\n";

  private final TargetParser parser = new TargetParser(folder -> false);

  @Test
  void a_spoilt_list_is_read_to_its_end_or_refused_with_its_place() {
    Fuzz.of(PLAIN, CSV)
        .bytes(
            input -> {
              List<TargetLine> lines = new ArrayList<>();
              List<String> errors = new ArrayList<>();
              try {
                new TargetList("list.txt", lines::add, errors::add)
                    .read(new ByteArrayInputStream(input));
              } catch (TargetException e) {
                assertThat(e.getMessage()).startsWith("list.txt");
              }
              assertThat(errors).allMatch(error -> error.startsWith("list.txt:"));
              assertThat(lines).allMatch(line -> line.place().startsWith("list.txt:"));
              lines.stream().limit(100).forEach(this::understand);
            });
  }

  /** As a reader of targets does, which knows these exceptions and no others. */
  private void understand(TargetLine line) {
    try {
      TargetSpec spec = parser.parse(line.text(), line.ref(), line.subpath());
      if (spec.kind() == TargetSpec.Kind.URL) {
        assertThat(CanonicalTarget.ofUrl(spec.url()).canonical()).isNotBlank();
      }
      assertThat(PlanOverrides.of(line.overrides())).isNotNull();
    } catch (TargetSyntaxException | TargetException | PlanException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  @Test
  void spoilt_globs_and_the_folders_of_strangers_are_told_apart_in_bounded_time() {
    Fuzz.of("services/*\nservices/a", "**/x*y*/**\na/b/xzy/c", ".*/**\n.github/x")
        .text(
            input -> {
              int end = input.indexOf('\n');
              String glob = input.substring(0, Math.max(0, end));
              String folder = input.substring(end + 1);
              if (SubpathGlob.isGlob(glob)) {
                SubpathGlob folders = new SubpathGlob(glob);
                assertThat(folders.base()).doesNotContain("*");
                assertThat(folders.matches(folder) && !folder.startsWith(folders.base())).isFalse();
              }
            });
  }
}
