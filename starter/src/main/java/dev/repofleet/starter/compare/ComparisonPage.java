package dev.repofleet.starter.compare;

import dev.repofleet.artifacts.finding.LifecycleState;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.render.Wording;
import dev.repofleet.starter.report.Markup;
import dev.repofleet.starter.report.PageHead;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * {@code compare.html}: what two batches found differently, as one page that loads nothing and has
 * no script. Every text of a repository or an agent is text here and no markup.
 */
final class ComparisonPage {
  /** Of one repository; nobody reads more, and {@code compare.json} has them all. */
  static final int MAX_ROWS = 1_000;

  private static final int MAX_TEXT = 300;

  private final BatchDifference difference;

  ComparisonPage(BatchDifference difference) {
    this.difference = difference;
  }

  /** Writes it, one repository at a time. */
  void write(Writer out) throws IOException {
    out.write(
        PageHead.of(
            "%s compared with %s".formatted(difference.after(), difference.before()), null));
    Markup top = new Markup().open("body").line();
    top.open("header", "class", "top");
    top.element("span", "RepoFleet", "class", "brand").close("header").line();
    top.open("main", "id", "main").line();
    heading(top);
    counts(top);
    out.write(top.toString());
    int same = 0;
    for (RepositoryDifference repository : difference.repositories()) {
      if (repository.isWorthALine()) {
        Markup part = new Markup();
        repository(part, repository);
        out.write(part.toString());
      } else {
        same++;
      }
    }
    Markup end = new Markup();
    end(end, same);
    out.write(end.close("main").line().close("body").line().close("html").line().toString());
  }

  private void heading(Markup page) {
    page.open("h1").text("Batch ").element("span", difference.after(), "class", "name");
    page.text(" compared with ").element("span", difference.before(), "class", "name");
    page.close("h1").line().open("p", "class", "facts");
    page.element(
        "span", Wording.count(difference.repositories().size(), "repository", "repositories"));
    int fresh = difference.count(LifecycleState.NEW);
    page.element("span", fresh + " new", "class", fresh == 0 ? "state good" : "state open");
    page.close("p").line();
  }

  private void counts(Markup page) {
    page.open("table", "class", "list counts", "role", "table");
    page.element("caption", "Findings by what became of them and by severity");
    page.open("thead", "role", "rowgroup").open("tr", "role", "row");
    page.element("th", "Findings", "scope", "col", "role", "columnheader");
    for (Severity severity : Severity.values()) {
      head(page, capital(severity.word()), "number");
    }
    head(page, "Together", "number");
    page.close("tr").close("thead").line().open("tbody", "role", "rowgroup");
    for (LifecycleState state : LifecycleState.values()) {
      page.open("tr", "role", "row");
      page.element("th", capital(state.word()), "scope", "row", "role", "rowheader");
      for (Severity severity : Severity.values()) {
        number(page, capital(severity.word()), difference.only(state, severity));
      }
      number(page, "Together", difference.count(state));
      page.close("tr").line();
    }
    page.close("tbody").close("table").line();
  }

  private static void head(Markup page, String name, String style) {
    page.element("th", name, "scope", "col", "role", "columnheader", "class", style);
  }

  private static void number(Markup page, String name, int count) {
    page.element(
        "td",
        String.format(Locale.ENGLISH, "%,d", count),
        "role",
        "cell",
        "data-name",
        name,
        "class",
        count == 0 ? "number quiet" : "number");
  }

  private static void repository(Markup page, RepositoryDifference repository) {
    page.open("section").line();
    page.open("h2").element("span", shortened(repository.target()), "class", "name").close("h2");
    page.line().element("p", counted(repository), "class", "count").line();
    if (repository.note() != null) {
      page.element("div", capital(repository.note()) + ".", "class", "note", "role", "note").line();
    }
    List<FindingChange> told = repository.told();
    if (!told.isEmpty()) {
      table(page, repository, told.subList(0, Math.min(MAX_ROWS, told.size())));
    }
    if (told.size() > MAX_ROWS) {
      page.element(
          "p",
          "%,d more are in compare.json.".formatted(told.size() - MAX_ROWS),
          "class",
          "more-rows");
    }
    page.close("section").line();
  }

  private static String counted(RepositoryDifference repository) {
    List<String> counts = new ArrayList<>();
    for (LifecycleState state : LifecycleState.values()) {
      int count = repository.count(state);
      if (count > 0) {
        counts.add(String.format(Locale.ENGLISH, "%,d %s", count, state.word()));
      }
    }
    return counts.isEmpty() ? "No findings in either batch" : String.join(", ", counts);
  }

  private static void table(
      Markup page, RepositoryDifference repository, List<FindingChange> told) {
    page.open("table", "class", "list changes", "role", "table");
    page.element("caption", "Findings in " + shortened(repository.target()));
    page.open("thead", "role", "rowgroup").open("tr", "role", "row");
    for (String name : List.of("State", "Severity", "Rule", "Place", "Finding")) {
      page.element("th", name, "scope", "col", "role", "columnheader");
    }
    page.close("tr").close("thead").line().open("tbody", "role", "rowgroup");
    told.forEach(change -> row(page, change));
    page.close("tbody").close("table").line();
  }

  private static void row(Markup page, FindingChange change) {
    page.open("tr", "role", "row").open("td", "role", "cell", "data-name", "State");
    String rejected = change.isRejected() ? ", rejected" : "";
    page.element("span", change.state().word() + rejected, "class", style(change)).close("td");
    page.open("td", "role", "cell", "data-name", "Severity");
    page.element("span", change.severity().word(), "class", "sev " + change.severity().word());
    page.close("td");
    cell(page, "Rule", shortened(change.ruleId()));
    page.open("td", "role", "cell", "data-name", "Place");
    page.element("code", PlainText.name(change.path()) + ":" + change.startLine()).close("td");
    cell(page, "Finding", shortened(change.title()));
    page.close("tr").line();
  }

  private static void cell(Markup page, String name, String text) {
    page.element("td", text, "role", "cell", "data-name", name);
  }

  private static String style(FindingChange change) {
    if (change.isRejected()) {
      return "state plain";
    }
    return switch (change.state()) {
      case NEW, REOPENED ->
          change.severity().compareTo(Severity.HIGH) <= 0 ? "state bad" : "state open";
      case RESOLVED -> "state good";
      default -> "state plain";
    };
  }

  private static void end(Markup page, int same) {
    if (same > 0) {
      page.element(
          "p",
          "%s no difference: what was found is what was found before."
              .formatted(Wording.count(same, "repository has", "repositories have")),
          "class",
          "count rest");
      page.line();
    }
    page.open("details", "class", "about").element("summary", "About this page").open("div");
    page.element(
        "p",
        "A finding is the same in both batches by what it is about, whatever its words and line"
            + " numbers. What was not reviewed in full resolves nothing: what is not found there is"
            + " unknown. Findings that both batches have are counted and not listed.");
    page.element(
        "p",
        "Everything is inside this file; it loads nothing and sends nothing. What came from"
            + " repositories and agents is shown as text.");
    page.close("div").close("details").line();
  }

  private static String shortened(String text) {
    return PlainText.of(text, MAX_TEXT);
  }

  private static String capital(String words) {
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }
}
