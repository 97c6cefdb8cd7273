package dev.repofleet.starter.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.VisibleText;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.starter.testing.SampleReport;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindingsFilesTest {
  private static String written(ReportFormat format, SampleReport report) throws IOException {
    StringWriter out = new StringWriter();
    BatchReports.write(format, report.batch(), report, out);
    return out.toString();
  }

  @Test
  void a_cell_that_a_spreadsheet_would_compute_gets_an_apostrophe() {
    assertThat(FindingsCsv.cell("=1+1")).isEqualTo("'=1+1");
    assertThat(FindingsCsv.cell("+1")).isEqualTo("'+1");
    assertThat(FindingsCsv.cell("-1")).isEqualTo("'-1");
    assertThat(FindingsCsv.cell("@a")).isEqualTo("'@a");
    assertThat(FindingsCsv.cell("\t=1")).isEqualTo("'=1");
    assertThat(FindingsCsv.cell("\r\n\u200b=1")).isEqualTo("'=1");
    assertThat(FindingsCsv.cell("＝1")).isEqualTo("'＝1");
    assertThat(FindingsCsv.cell("=HYPERLINK(\"http://x\",1)"))
        .isEqualTo("\"'=HYPERLINK(\"\"http://x\"\",1)\"");
    assertThat(FindingsCsv.cell("a=b")).isEqualTo("a=b");
    assertThat(FindingsCsv.cell("one\r\ntwo")).isEqualTo("one two");
    assertThat(FindingsCsv.cell(null)).isEmpty();
    assertThat(FindingsCsv.cell("")).isEmpty();
  }

  @Test
  void every_finding_is_a_row_of_as_many_cells_as_the_header_has() throws IOException {
    String csv = written(ReportFormat.CSV, SampleReport.hostile());
    List<String> rows = List.of(csv.split("\r\n", -1));
    assertThat(rows).hasSize(1 + 2 * SampleReport.HOSTILE.size() + 1).last().isEqualTo("");
    assertThat(rows.get(0))
        .startsWith("batch,target,key,")
        .endsWith(",decided,verificationReason,carriedFrom");
    for (String row : rows.subList(0, rows.size() - 1)) {
      assertThat(row.replaceAll("\"(?:[^\"]|\"\")*\"", "q").split(",", -1)).hasSize(24);
      assertThat(row.codePoints().allMatch(VisibleText::isVisible)).isTrue();
      assertThat(row).doesNotContain(",=", ",+", ",-", ",@", "\"=", "\"+", "\"@");
    }
  }

  @Test
  void what_repositories_share_is_told_with_the_places() throws IOException {
    SampleReport report = SampleReport.hostile();
    String json = written(ReportFormat.ROOT_CAUSES, report);
    assertThat(json.codePoints().allMatch(c -> c == '\n' || VisibleText.isVisible(c))).isTrue();
    JsonNode told = ArtifactJson.read(json, JsonNode.class, "the file");
    assertThat(told.path("batch").asText()).isEqualTo("some-batch");
    assertThat(told.path("rootCauses")).hasSize(1);
    JsonNode cause = told.path("rootCauses").path(0);
    assertThat(cause.path("kind").asText()).isEqualTo("same_rule");
    assertThat(cause.path("ruleId").asText()).isEqualTo(SampleReport.HOSTILE.get(0));
    assertThat(cause.path("repositories").asInt()).isEqualTo(SampleReport.HOSTILE.size());
    assertThat(cause.path("places")).hasSize(SampleReport.HOSTILE.size() + 1);
  }

  @Test
  void every_finding_is_a_line_of_json_with_its_repository() throws IOException {
    SampleReport report = SampleReport.hostile();
    List<String> lines = written(ReportFormat.JSONL, report).lines().toList();
    assertThat(lines).hasSize(2 * SampleReport.HOSTILE.size());
    for (int i = 0; i < lines.size(); i++) {
      assertThat(lines.get(i).codePoints().allMatch(VisibleText::isVisible)).isTrue();
      JsonNode line = ArtifactJson.read(lines.get(i), JsonNode.class, "a line");
      assertThat(line.path("batch").asText()).isEqualTo("some-batch");
      assertThat(line.path("key").asText())
          .isEqualTo(report.batch().repositories().get(i / 2).key());
      assertThat(line.path("finding").path("title").asText())
          .isEqualTo(SampleReport.HOSTILE.get(i / 2));
      assertThat(line.path("finding").path("locations").path(0).path("excerpt").path("lines"))
          .hasSize(2);
    }
  }

  @Test
  void batch_json_is_the_batch_and_acts_on_no_terminal() throws IOException {
    String json = written(ReportFormat.JSON, SampleReport.hostile());
    assertThat(json.codePoints().filter(c -> c != '\n').allMatch(VisibleText::isVisible)).isTrue();
    SampleReport report = SampleReport.ordinary(2, 1);
    assertThat(
            ArtifactJson.read(written(ReportFormat.JSON, report), BatchResult.class, "batch.json"))
        .isEqualTo(report.batch());
  }

  @Test
  void an_empty_batch_has_its_header_and_no_line() throws IOException {
    assertThat(written(ReportFormat.CSV, new SampleReport()))
        .endsWith("verificationReason,carriedFrom\r\n");
    assertThat(written(ReportFormat.JSONL, new SampleReport())).isEmpty();
    assertThat(written(ReportFormat.MD, new SampleReport())).contains("# Review `some-batch`");
  }
}
