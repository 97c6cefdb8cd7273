package dev.repofleet.starter.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.RepositoryResult;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code report.html}: one page with all that is needed inside. The overview is plain HTML; tables
 * and the pages of repositories are drawn by a script out of JSON in the page, by text nodes alone.
 * The policy in its head lets that script and that style sheet work and nothing else.
 *
 * <p>The script stands before the repositories' data, so that the overview can be used while a
 * browser still reads those.
 */
final class HtmlReport implements BatchReport {
  private static final String SCRIPT = PageHead.resource("report.js");

  private final ReportSource source;
  private final Writer out;
  private final PageIndex index = new PageIndex();

  /** At most what the budget allows. */
  private final List<String> repositories = new ArrayList<>();

  private @Nullable BatchResult batch;
  private ReportBudget budget = new ReportBudget(1);

  HtmlReport(ReportSource source, Writer out) {
    this.source = source;
    this.out = out;
  }

  @Override
  public void begin(BatchResult result) {
    batch = result;
    budget = new ReportBudget(result.repositories().size());
  }

  @Override
  public void repository(BatchRow row, @Nullable RepositoryResult result) throws IOException {
    int rows = index.add(row, result, budget.rows());
    ObjectNode data = RepositoryData.of(row, result, source, budget.share());
    String element = EmbeddedJson.element("r" + row.index(), data);
    budget.take(element.getBytes(StandardCharsets.UTF_8).length, rows);
    repositories.add(element);
  }

  @Override
  public void end(List<RootCause> shared) throws IOException {
    BatchResult result = batch;
    if (result == null) {
      throw new IllegalStateException("cannot end while begin was not called");
    }
    out.write(PageHead.of("Review " + result.batch(), SCRIPT));
    out.write(body(result, shared));
    out.write(EmbeddedJson.element("index", index.data(result)));
    out.write("<script>" + SCRIPT + "</script>\n");
    for (String repository : repositories) {
      out.write(repository);
    }
    out.write("</body>\n</html>\n");
    out.flush();
  }

  private String body(BatchResult batch, List<RootCause> shared) {
    Markup body = new Markup().open("body").line();
    body.element("a", "Skip to the content", "class", "skip", "href", "#main").line();
    body.open("header", "class", "top");
    body.element("a", "RepoFleet", "href", "#overview", "class", "brand");
    body.open("nav", "aria-label", "Parts of the report");
    body.element("a", "Overview", "href", "#overview");
    body.element("a", "Repositories", "href", "#repositories");
    body.element("a", "Findings", "href", "#findings", "id", "to-findings", "hidden", "");
    body.close("nav").close("header").line();
    body.open("main", "id", "main", "tabindex", "-1").line();
    body.open("div", "id", "overview").line();
    new OverviewPage(batch, index, body).add(shared);
    body.close("div").line();
    body.open("article", "id", "repository", "hidden", "").close("article").line();
    body.close("main").line();
    return body.toString();
  }
}
