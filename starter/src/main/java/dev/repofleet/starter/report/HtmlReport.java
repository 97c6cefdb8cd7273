package dev.repofleet.starter.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.artifacts.BatchResult;
import dev.repofleet.artifacts.BatchRow;
import dev.repofleet.artifacts.RepositoryResult;
import dev.repofleet.artifacts.RootCause;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
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
  private static final String STYLE = resource("report.css");
  private static final String SCRIPT = resource("report.js");

  private static final String ICON =
      "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
          + "%3Crect width='16' height='16' rx='3' fill='%232d5a7b'/%3E"
          + "%3Cpath d='M4 5h8M4 8h8M4 11h5' stroke='white' stroke-width='1.5'/%3E%3C/svg%3E";

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

  private static String resource(String name) {
    try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the program's jar lacks " + name + ": build it again");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void begin(BatchResult result) {
    batch = result;
    budget = new ReportBudget(result.repositories().size());
  }

  @Override
  public void repository(BatchRow row, @Nullable RepositoryResult result) throws IOException {
    index.add(row, result, budget.rows());
    ObjectNode data = RepositoryData.of(row, result, source, budget.share());
    String element = EmbeddedJson.element("r" + row.index(), data);
    budget.take(element.getBytes(StandardCharsets.UTF_8).length);
    repositories.add(element);
  }

  @Override
  public void end(List<RootCause> shared) throws IOException {
    BatchResult result = batch;
    if (result == null) {
      throw new IllegalStateException("cannot end while begin was not called");
    }
    out.write("<!DOCTYPE html>\n");
    out.write(head(result));
    out.write(body(result, shared));
    out.write(EmbeddedJson.element("index", index.data(result)));
    out.write("<script>" + SCRIPT + "</script>\n");
    for (String repository : repositories) {
      out.write(repository);
    }
    out.write("</body>\n</html>\n");
    out.flush();
  }

  private static String head(BatchResult batch) {
    Markup head = new Markup().open("html", "lang", "en").open("head").line();
    head.open("meta", "charset", "utf-8").line();
    head.open("meta", "http-equiv", "Content-Security-Policy", "content", policy()).line();
    head.open("meta", "name", "viewport", "content", "width=device-width, initial-scale=1").line();
    head.open("meta", "name", "color-scheme", "content", "light dark").line();
    head.open("meta", "name", "referrer", "content", "no-referrer").line();
    head.element("title", "Review " + batch.batch() + " · RepoFleet").line();
    head.open("link", "rel", "icon", "href", ICON).line();
    return head + "<style>" + STYLE + "</style>\n" + new Markup().close("head").line();
  }

  /** The hashes are those of the very texts that are written. */
  static String policy() {
    return "default-src 'none'; script-src 'sha256-"
        + hash(SCRIPT)
        + "'; style-src 'sha256-"
        + hash(STYLE)
        + "'; img-src data:; base-uri 'none'; form-action 'none'";
  }

  private static String hash(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return Base64.getEncoder()
          .encodeToString(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
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
