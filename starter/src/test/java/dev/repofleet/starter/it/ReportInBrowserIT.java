package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.result.BatchStatus;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.starter.testing.SampleReport;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code report.html} in a real browser: nothing is fetched and nothing blocked, axe-core finds
 * nothing serious, all of it works by keyboard and in a narrow window, light and dark. Pictures are
 * left in {@code target/report-pictures}.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class ReportInBrowserIT {

  @Test
  void an_ordinary_report_has_no_fault() throws Exception {
    ReportBrowser browser = ReportBrowser.require();
    assertThat(browser.faults("ordinary", SampleReport.ordinary(5, 4), "full")).isEmpty();
  }

  @Test
  void a_report_full_of_hostile_text_has_no_fault() throws Exception {
    ReportBrowser browser = ReportBrowser.require();
    assertThat(browser.faults("hostile", SampleReport.hostile(), "full")).isEmpty();
  }

  @Test
  void a_batch_that_has_hardly_begun_has_no_fault() throws Exception {
    ReportBrowser browser = ReportBrowser.require();
    SampleReport running = new SampleReport().as(BatchStatus.RUNNING).by("rehearsal");
    running.addWithout(SampleReport.row(0, "o/first"), RepositoryStatus.RUNNING);
    running.addWithout(SampleReport.row(1, "o/second"), RepositoryStatus.QUEUED);
    assertThat(browser.faults("running", running, "full")).isEmpty();
  }

  /** The times are printed; only a hang fails. */
  @Test
  void a_thousand_repositories_with_twenty_thousand_findings_can_be_used() throws Exception {
    ReportBrowser browser = ReportBrowser.require();
    assertThat(browser.faults("large", SampleReport.ordinary(1000, 20), "times")).isEmpty();
  }
}
