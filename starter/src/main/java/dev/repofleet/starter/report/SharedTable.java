package dev.repofleet.starter.report;

import dev.repofleet.starter.render.Wording;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The part of {@code report.html} about what several repositories have in common. */
final class SharedTable {
  private static final int MOST = 20;
  private static final int NAMED = 5;

  private final Markup page;

  SharedTable(Markup page) {
    this.page = page;
  }

  /** Adds the section, if there is anything to tell. */
  void add(List<RootCause> shared) {
    if (shared.isEmpty()) {
      return;
    }
    page.open("section", "aria-labelledby", "across").line();
    page.element("h2", "Across repositories", "id", "across", "tabindex", "-1").line();
    page.open("p", "class", "count");
    page.text(
        "What several repositories have in common, by severity × number of repositories"
            + (shared.size() > MOST
                ? ": the first %d of %d; root-causes.json has all".formatted(MOST, shared.size())
                : ""));
    page.close("p").line();
    page.open("table", "class", "list", "role", "table");
    page.element("caption", "Root causes in several repositories");
    page.open("thead", "role", "rowgroup").open("tr", "role", "row");
    for (String name : List.of("Severity", "Finding", "In common", "Spread", "Where")) {
      page.element("th", name, "scope", "col", "role", "columnheader");
    }
    page.close("tr").close("thead").line().open("tbody", "role", "rowgroup");
    shared.stream().limit(MOST).forEach(this::row);
    page.close("tbody").close("table").close("section").line();
  }

  private void row(RootCause cause) {
    page.open("tr", "role", "row");
    page.open("td", "role", "cell", "data-name", "Severity");
    String word = cause.severity().word();
    page.element("span", word, "class", "sev " + word).close("td");
    cell("Finding", ShortText.of(cause.title(), 160));
    cell("In common", ReviewWords.inCommon(cause.kind()) + ", " + ShortText.of(cause.ruleId(), 60));
    cell(
        "Spread",
        Wording.count(cause.repositories(), "repository", "repositories")
            + ", "
            + Wording.count(cause.findings(), "finding", "findings"));
    where(cause);
    page.close("tr").line();
  }

  private void where(RootCause cause) {
    page.open("td", "role", "cell", "data-name", "Where");
    Set<String> named = new HashSet<>();
    for (RootCause.Place place : cause.places()) {
      if (named.size() < NAMED && named.add(place.target())) {
        page.text(named.size() > 1 ? ", " : "");
        page.element("a", ShortText.of(place.target(), 100), "href", "#r/" + place.index());
      }
    }
    int more = cause.repositories() - named.size();
    page.text(more > 0 ? " and " + more + " more" : "").close("td");
  }

  private void cell(String name, String text) {
    page.element("td", text, "role", "cell", "data-name", name);
  }
}
