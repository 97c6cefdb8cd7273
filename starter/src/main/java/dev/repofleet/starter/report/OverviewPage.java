package dev.repofleet.starter.report;

import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.BatchStatus;
import dev.repofleet.artifacts.result.CoverageStatus;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.starter.render.Wording;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The part of {@code report.html} that can be read without a script: what came of the batch. */
final class OverviewPage {
  /** Rows of the table that need no script; the script draws as many at first. */
  static final int FIRST_ROWS = 50;

  private static final int TOP = 10;
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);

  private final BatchResult batch;
  private final PageIndex index;
  private final Markup page;
  private final String soFar;

  OverviewPage(BatchResult batch, PageIndex index, Markup page) {
    this.batch = batch;
    this.index = index;
    this.page = page;
    this.soFar = batch.status() == BatchStatus.RUNNING ? " so far" : "";
  }

  /** Everything inside the overview's element. */
  void add(List<RootCause> shared) {
    head();
    notes();
    tiles();
    charts();
    new SharedTable(page).add(shared);
    repositories();
    findings();
    about();
  }

  private void head() {
    page.open("h1", "id", "overview-heading", "tabindex", "-1");
    page.text("Review ").element("span", batch.batch(), "class", "name").close("h1").line();
    page.open("p", "class", "facts");
    page.element(
        "span",
        batch.status().word().replace('_', ' '),
        "class",
        "state " + (batch.status() == BatchStatus.COMPLETE ? "good" : "open"));
    if (batch.plan() != null) {
      page.element("span", "Plan " + batch.plan());
    }
    if (batch.agent() != null) {
      page.element("span", "Agent " + ReportFacts.agent(batch.agent()));
    }
    page.element("span", "Started " + MINUTE.format(batch.startedAt()) + " UTC");
    if (batch.endedAt() != null) {
      page.element("span", "Ended " + MINUTE.format(batch.endedAt()) + " UTC");
    }
    page.close("p").line();
  }

  private void notes() {
    if (batch.rehearsal()) {
      page.open("div", "class", "note loud", "role", "note");
      page.element("strong", "Rehearsal: no model was used. ");
      page.text("The findings are those of a few fixed rules. They show how a report looks, and ");
      page.text("say nothing about what a review would find.").close("div").line();
    }
    if (batch.status() == BatchStatus.RUNNING) {
      page.open("div", "class", "note", "role", "note");
      page.element("strong", "The batch is still running. ");
      page.text("This page is how it stood when it was written.").close("div").line();
    }
    if (batch.message() != null) {
      page.element("div", batch.message(), "class", "note", "role", "note").line();
    }
    page.open("noscript").open("div", "class", "note", "role", "note");
    page.text("Sorting, filtering, the list of findings and the page of each repository need the ");
    page.text("script inside this file, which loads nothing. Without it: report.md, findings.csv ");
    page.text("and the folder of each repository beside this file hold the same.");
    page.close("div").close("noscript").line();
  }

  private void tiles() {
    page.open("dl", "class", "tiles");
    List<String> ends = new ArrayList<>();
    for (RepositoryStatus status : RepositoryStatus.values()) {
      if (batch.total(status) > 0) {
        ends.add(batch.total(status) + " " + word(status));
      }
    }
    tile("Repositories", number(batch.repositories().size()), String.join(", ", ends));
    long whole = batch.repositories().stream().filter(ReportFacts::isWhole).count();
    String counted = Wording.findings(batch.findings());
    tile(
        "Findings" + soFar,
        number(batch.findings().total()),
        batch.findings().total() > 0
            ? counted
            : whole == batch.repositories().size() && whole > 0
                ? "none found, every file looked at"
                : soFar.isEmpty() ? "nothing found in what was reviewed" : "nothing found yet");
    tile("Cost" + soFar, Wording.cost(batch.usage()), ReviewWords.source(batch.usage()));
    coverage(whole);
    Instant ended = batch.endedAt();
    if (ended != null) {
      tile(
          "Time",
          Wording.duration(Duration.between(batch.startedAt(), ended)),
          "sandboxes lived "
              + Wording.duration(Duration.ofSeconds((long) batch.usage().sandboxSeconds())));
    }
    page.close("dl").line();
  }

  private void coverage(long whole) {
    long partial =
        batch.repositories().stream()
            .filter(row -> row.coverage().status() == CoverageStatus.PARTIAL)
            .count();
    int all = batch.repositories().size();
    List<String> rest = new ArrayList<>();
    if (partial > 0) {
      rest.add(partial + " in part");
    }
    if (all - whole - partial > 0) {
      rest.add(all - whole - partial + " not known or not complete");
    }
    tile(
        "Reviewed in full",
        number(whole) + " of " + number(all),
        rest.isEmpty()
            ? "the agent says it saw every file"
            : String.join(", ", rest) + ": finding nothing there means little");
  }

  private void tile(String name, String value, String more) {
    page.open("div").element("dt", name).open("dd");
    page.element("span", value, "class", "big").element("span", more, "class", "more");
    page.close("dd").close("div").line();
  }

  private void charts() {
    page.open("section", "aria-label", "Charts", "class", "charts").line();
    List<BarChart.Bar> severities = new ArrayList<>();
    for (Severity severity : Severity.values()) {
      int count = batch.findings().count(severity);
      severities.add(bar(severity.word(), count, severity.word(), ""));
    }
    BarChart.add(page, "Findings by severity" + soFar, severities, "");
    List<BarChart.Bar> statuses = new ArrayList<>();
    for (RepositoryStatus status : RepositoryStatus.values()) {
      if (batch.total(status) > 0) {
        statuses.add(bar(word(status), batch.total(status), style(status), ""));
      }
    }
    BarChart.add(page, "Repositories by status", statuses, "There are none.");
    BarChart.add(
        page,
        "Findings by rule" + (index.byRule().size() > TOP ? ", the first ten" : ""),
        index.byRule().stream()
            .limit(TOP)
            .map(rule -> bar(ShortText.of(rule.getKey(), 60), rule.getValue(), "plain", ""))
            .toList(),
        "There are no findings.");
    BarChart.add(
        page,
        "Cost by repository" + (batch.repositories().size() > TOP ? ", the dearest ten" : ""),
        batch.repositories().stream()
            .filter(row -> row.usage().costUsd() > 0)
            .sorted(Comparator.comparingDouble((BatchRow row) -> -row.usage().costUsd()))
            .limit(TOP)
            .map(
                row ->
                    new BarChart.Bar(
                        ShortText.of(row.target(), 60),
                        row.usage().costUsd(),
                        Wording.cost(row.usage()),
                        "plain",
                        "#r/" + row.index()))
            .toList(),
        "Nothing was paid for.");
    page.close("section").line();
  }

  private static String number(long number) {
    return String.format(Locale.ENGLISH, "%,d", number);
  }

  private static BarChart.Bar bar(String label, int count, String style, String href) {
    return new BarChart.Bar(label, count, number(count), style, href);
  }

  private void repositories() {
    page.open("section", "aria-labelledby", "repositories").line();
    page.element("h2", "Repositories", "id", "repositories", "tabindex", "-1").line();
    page.open("form", "class", "filters", "id", "repository-filters", "hidden", "");
    page.close("form").line();
    page.open("p", "class", "count", "role", "status", "id", "repository-count");
    int all = batch.repositories().size();
    page.text(
        all <= FIRST_ROWS
            ? Wording.count(all, "repository", "repositories")
            : "The first " + FIRST_ROWS + " of " + all + " repositories, the worst first");
    page.close("p").line();
    page.open("table", "class", "list", "id", "repository-table", "role", "table");
    page.element("caption", "Repositories, what became of each, and what was found in it");
    page.open("thead", "role", "rowgroup").open("tr", "role", "row");
    for (String name : List.of("Repository", "Status", "Findings", "Coverage", "Cost", "Time")) {
      page.element("th", name, "scope", "col", "role", "columnheader");
    }
    page.close("tr").close("thead").line().open("tbody", "role", "rowgroup");
    index.worstFirst().stream().limit(FIRST_ROWS).forEach(this::row);
    page.close("tbody").close("table").line();
    page.open("p", "class", "more-rows", "id", "repository-more").close("p");
    page.close("section").line();
  }

  private void row(PageIndex.Row each) {
    BatchRow row = each.row();
    page.open("tr", "role", "row");
    page.open("th", "scope", "row", "role", "rowheader", "data-name", "Repository");
    page.element("a", ShortText.of(row.target(), 200), "href", "#r/" + row.index()).close("th");
    cell("Status", word(row.status()) + (row.cause() == null ? "" : ": " + row.cause()));
    cell("Findings", ReviewWords.findings(row));
    cell("Coverage", ReviewWords.coverage(row.coverage()));
    cell("Cost", Wording.cost(row.usage()));
    cell("Time", each.time().map(Wording::duration).orElse("-"));
    page.close("tr").line();
  }

  private void cell(String name, String text) {
    page.element("td", text, "role", "cell", "data-name", name);
  }

  /** Filled by the script. */
  private void findings() {
    page.open("section", "aria-labelledby", "findings", "id", "finding-section", "hidden", "");
    page.line().element("h2", "Findings" + soFar, "id", "findings", "tabindex", "-1").line();
    page.open("form", "class", "filters", "id", "finding-filters").close("form").line();
    page.open("p", "class", "count", "role", "status", "id", "finding-count").close("p").line();
    page.open("table", "class", "list", "id", "finding-table", "role", "table");
    page.element("caption", "Findings in all repositories");
    page.open("thead", "role", "rowgroup").open("tr", "role", "row");
    for (String name : List.of("Severity", "Finding", "Rule", "Repository", "Place")) {
      page.element("th", name, "scope", "col", "role", "columnheader");
    }
    page.close("tr").close("thead").open("tbody", "role", "rowgroup").close("tbody");
    page.close("table").line();
    page.open("p", "class", "more-rows", "id", "finding-more").close("p");
    page.close("section").line();
  }

  private void about() {
    page.open("details", "class", "about").element("summary", "About this page");
    page.open("div");
    page.element(
        "p",
        "Everything is inside this file; it loads nothing and sends nothing. What came from"
            + " repositories and agents is shown as text, with invisible characters made visible."
            + " A secret that a finding is about is masked.");
    page.element(
        "p",
        "Of one repository it holds at most "
            + PatchText.MAX_LINES
            + " lines or "
            + PatchText.MAX_BYTES / 1024
            + " kB of the changes and the last "
            + Conversation.MAX_ENTRIES
            + " messages, each cut at "
            + Conversation.MAX_TEXT
            + " characters, and less where a batch has many repositories. Where something is left"
            + " out the page says so. All of it is in the folder that "
            + "`repofleet report "
            + batch.batch()
            + " --out DIR` writes.");
    page.close("div").close("details").line();
  }

  private static String style(RepositoryStatus status) {
    return status.isGood() ? "good" : status == RepositoryStatus.FAILED ? "bad" : "open";
  }

  private static String word(RepositoryStatus status) {
    return status.word().replace('_', ' ');
  }
}
