package dev.repofleet.starter.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.VisibleText;
import dev.repofleet.artifacts.result.BatchStatus;
import dev.repofleet.artifacts.result.Coverage;
import dev.repofleet.artifacts.result.CoverageStatus;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.starter.testing.SampleReport;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HtmlReportTest {
  private static String page(SampleReport report) throws IOException {
    StringWriter out = new StringWriter();
    BatchReports.write(ReportFormat.HTML, report.batch(), report, out);
    return out.toString();
  }

  private static JsonNode data(String page, String id) {
    Matcher matcher =
        Pattern.compile("<script type=\"application/json\" id=\"" + id + "\">([^<]*)</script>")
            .matcher(page);
    assertThat(matcher.find()).as(id).isTrue();
    return ArtifactJson.read(matcher.group(1), JsonNode.class, id);
  }

  private static SampleReport one(RepositoryStatus status, CoverageStatus coverage) {
    SampleReport report = new SampleReport();
    report.add(
        RepositoryResult.builder("b", SampleReport.row(0, "o/r"), status)
            .coverage(new Coverage(coverage, 3, 4, List.of()))
            .build(),
        "o/r");
    return report;
  }

  @Test
  void the_policy_names_the_hashes_of_the_script_and_the_style_in_the_page() throws Exception {
    String page = page(SampleReport.ordinary(2, 2));
    assertThat(page)
        .contains("content=\"default-src &#39;none&#39;; script-src &#39;sha256-")
        .contains("img-src data:; base-uri &#39;none&#39;; form-action &#39;none&#39;");
    for (String element : List.of("script", "style")) {
      Matcher text =
          Pattern.compile("<" + element + ">(.*?)</" + element + ">", Pattern.DOTALL).matcher(page);
      assertThat(text.find()).as(element).isTrue();
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(text.group(1).getBytes(StandardCharsets.UTF_8));
      assertThat(page)
          .contains(element + "-src &#39;sha256-" + Base64.getEncoder().encodeToString(hash));
      assertThat(text.find()).as("another " + element).isFalse();
    }
  }

  @Test
  void hostile_text_is_text_wherever_it_stands() throws IOException {
    String page = page(SampleReport.hostile());
    String own =
        page.replaceFirst("(?s)<script>.*?</script>", "")
            .replaceFirst("(?s)<style>.*?</style>", "");
    assertThat(own)
        .doesNotContain(
            "<img", "<!--", "onerror=globalThis.hacked=2>", "<script>", "\u001b", "\u202e")
        .doesNotContain("\u2028", "\u2029", "\u0000", "\u0085", "\u200b", "\ufeff");
    assertThat(own.codePoints().filter(c -> c != '\n' && !VisibleText.isVisible(c)).count())
        .isZero();
    assertThat(Pattern.compile("<svg[^>]*onload").matcher(own).find()).isFalse();
    for (int i = 0; i < SampleReport.HOSTILE.size(); i++) {
      JsonNode shown = data(page, "r" + i);
      String text = SampleReport.HOSTILE.get(i);
      assertThat(shown.path("findings")).hasSize(2);
      assertThat(shown.path("findings").path(0).path("title").asText())
          .startsWith(text.substring(0, 5));
      assertThat(shown.path("patch").path("text").asText()).contains(text.substring(0, 5));
      assertThat(shown.path("talk").path("entries")).hasSize(1);
    }
  }

  @Test
  void what_several_repositories_have_in_common_leads_to_them() throws IOException {
    String page = page(SampleReport.ordinary(8, 1));
    assertThat(page)
        .contains(
            "Across repositories", "the same rule, sql-injection", "7 repositories, 7 findings")
        .contains(" and 2 more", "href=\"#r/4\"");
    assertThat(page(SampleReport.ordinary(1, 6))).doesNotContain("Across repositories");
  }

  @Test
  void only_files_beside_the_page_and_https_addresses_are_linked() throws IOException {
    String page = page(SampleReport.ordinary(1, 1));
    JsonNode shown = data(page, "r0");
    assertThat(shown.path("files").path("review.json").asText()).endsWith("/review.json");
    assertThat(shown.path("url").asText()).startsWith("https://github.com/");
    assertThat(ReportFacts.relative("artifact:reviews/b/k/review.json")).isNull();
    assertThat(ReportFacts.relative("javascript:alert(1)")).isNull();
    assertThat(ReportFacts.relative("../up")).isNull();
    assertThat(ReportFacts.relative("//host/x")).isNull();
  }

  @Test
  void nothing_found_is_never_more_than_it_is() throws IOException {
    assertThat(page(one(RepositoryStatus.COMPLETE, CoverageStatus.COMPLETE)))
        .contains("none found");
    assertThat(page(one(RepositoryStatus.COMPLETE, CoverageStatus.PARTIAL)))
        .contains("none found, coverage partial", "0 of 1", "finding nothing there means little");
    assertThat(page(one(RepositoryStatus.PARTIAL, CoverageStatus.COMPLETE)))
        .contains("not reviewed in full")
        .doesNotContain("none found");
    for (RepositoryStatus status : RepositoryStatus.values()) {
      for (CoverageStatus coverage : CoverageStatus.values()) {
        assertThat(page(one(status, coverage)).toLowerCase(java.util.Locale.ROOT))
            .doesNotContain("clean\"", " clean");
      }
    }
  }

  @Test
  void a_batch_that_runs_says_so_far_and_an_empty_one_has_a_page() throws IOException {
    SampleReport running = one(RepositoryStatus.COMPLETE, CoverageStatus.COMPLETE);
    running.addWithout(SampleReport.row(1, "o/next"), RepositoryStatus.RUNNING);
    running.addWithout(SampleReport.row(2, "o/later"), RepositoryStatus.QUEUED);
    assertThat(page(running.as(BatchStatus.RUNNING)))
        .contains(
            "Findings so far", "Cost so far", "The batch is still running.", "not yet reviewed");
    String empty = page(new SampleReport());
    assertThat(data(empty, "index").path("repositories")).isEmpty();
    assertThat(empty).contains("0 repositories").doesNotContain("so far");
  }

  @Test
  void a_rehearsal_says_so_loudly() throws IOException {
    assertThat(page(SampleReport.ordinary(1, 1).by("rehearsal")))
        .contains("Rehearsal: no model was used.");
    String other = page(SampleReport.ordinary(1, 1)).replaceAll("(?s)<script.*?</script>", "");
    assertThat(other).doesNotContain("no model was used");
  }

  @Test
  void the_worst_repositories_come_first_and_the_rest_is_the_scripts() throws IOException {
    SampleReport report = SampleReport.ordinary(120, 1);
    String page = page(report);
    assertThat(page).contains("The first 50 of 120 repositories, the worst first");
    assertThat(
            Pattern.compile("<th scope=\"row\" role=\"rowheader\"").matcher(page).results().count())
        .isEqualTo(50);
    assertThat(data(page, "index").path("repositories")).hasSize(120);
  }

  @Test
  void what_is_too_much_is_left_out_and_said() throws IOException {
    SampleReport report = SampleReport.ordinary(1, 3);
    String key = report.batch().repositories().get(0).key();
    report.patch(key, "diff --git a/x b/x\n" + "+line\n".repeat(5000));
    report.events(key, Collections.nCopies(500, SampleReport.said("w".repeat(9000))));
    JsonNode shown = data(page(report), "r0");
    assertThat(shown.path("patch").path("text").asText().lines()).hasSize(2000);
    assertThat(shown.path("patch").path("cut").asBoolean()).isTrue();
    assertThat(shown.path("talk").path("entries")).hasSize(200);
    assertThat(shown.path("talk").path("left").asInt()).isEqualTo(300);
    assertThat(shown.path("talk").path("entries").path(0).path("text").asText()).hasSize(2000);
    report.patch(key, "+" + "x".repeat(900_000));
    assertThat(data(page(report), "r0").path("patch").path("cut").asBoolean()).isTrue();
  }

  @Test
  void a_page_of_many_large_repositories_stays_small_enough_for_a_mail() throws IOException {
    SampleReport report = SampleReport.ordinary(300, 200);
    String page = page(report);
    assertThat(page.getBytes(StandardCharsets.UTF_8).length).isBetween(15 << 20, 31 << 20);
    JsonNode last = data(page, "r299");
    assertThat(last.path("findings").size() + last.path("findingsLeft").asInt()).isEqualTo(200);
    assertThat(data(page, "index").path("findingsLeft").asInt()).isPositive();
  }

  @Test
  void the_table_over_all_findings_is_bounded_however_many_repositories_there_are()
      throws IOException {
    JsonNode index = data(page(SampleReport.ordinary(2200, 20)), "index");
    assertThat(index.path("findings")).hasSize(40_000);
    assertThat(index.path("findingsLeft").asInt()).isPositive();
  }

  @Test
  void where_there_is_no_room_for_anything_a_repository_has_its_facts() throws IOException {
    SampleReport report = SampleReport.ordinary(1, 3);
    var row = report.batch().repositories().get(0);
    JsonNode shown = RepositoryData.of(row, report.result(row).orElseThrow(), report, 200);
    assertThat(shown.path("status").asText()).isEqualTo("complete");
    assertThat(shown.path("findingsLeft").asInt()).isEqualTo(3);
    assertThat(EmbeddedJson.size(shown)).isLessThan(1000);
  }

  @Test
  void a_secret_that_was_found_is_masked_in_the_changes_and_the_conversation() throws IOException {
    SampleReport report = SampleReport.ordinary(1, 0);
    RepositoryResult result = report.result(report.batch().repositories().get(0)).orElseThrow();
    SampleReport masked = new SampleReport();
    masked.add(
        RepositoryResult.builder("b", SampleReport.row(0, "o/r"), RepositoryStatus.COMPLETE)
            .findings(
                List.of(withEvidence("KEY = \"AKIA***(20 characters)\" or pass***(11 characters)")))
            .build(),
        "o/r");
    String key = masked.batch().repositories().get(0).key();
    String text = "-KEY = \"AKIAIOSFODNN7EXAMPLE\" password-ab passwords passages AKIA";
    masked.patch(key, "diff --git a/x b/x\n@@ -1 +1 @@\n" + text + "\n");
    masked.events(key, List.of(SampleReport.said(text)));
    JsonNode shown = data(page(masked), "r0");
    String clean =
        "-KEY = \"AKIA***(20 characters)\" pass***(11 characters) passwords passages AKIA";
    assertThat(shown.path("patch").path("text").asText()).contains(clean);
    assertThat(shown.path("talk").path("entries").path(0).path("text").asText()).isEqualTo(clean);
    assertThat(result.findings()).isEmpty();
  }

  private static dev.repofleet.artifacts.finding.Finding withEvidence(String evidence) {
    SampleReport one = SampleReport.ordinary(1, 1);
    dev.repofleet.artifacts.finding.Finding finding =
        one.result(one.batch().repositories().get(0)).orElseThrow().findings().get(0);
    return new dev.repofleet.artifacts.finding.Finding(
        finding.id(),
        null,
        "hardcoded-secret",
        null,
        List.of(),
        finding.title(),
        null,
        finding.severity(),
        finding.confidence(),
        finding.locations(),
        null,
        null,
        List.of(evidence),
        finding.verification());
  }
}
