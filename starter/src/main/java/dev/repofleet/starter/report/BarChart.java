package dev.repofleet.starter.report;

import java.util.List;
import java.util.Locale;

/**
 * A small chart: a table whose rows have a bar each, so that a screen reader reads the numbers and
 * a narrow window does not shrink the words. The bars are drawings inside the page.
 */
final class BarChart {
  private static final int WIDTH = 100;
  private static final int HEIGHT = 10;

  /** What is there is to be seen. */
  private static final double LEAST = 0.8;

  private BarChart() {}

  /**
   * One bar.
   *
   * @param label before it
   * @param value its length
   * @param shown behind it
   * @param style one of the style sheet's classes for bars
   * @param href where the label leads, empty for nowhere
   */
  record Bar(String label, double value, String shown, String style, String href) {}

  /** Adds the chart; without bars, a sentence in its place. */
  static void add(Markup page, String caption, List<Bar> bars, String without) {
    page.open("figure", "class", "chart");
    page.element("figcaption", caption);
    if (bars.isEmpty()) {
      page.element("p", without, "class", "quiet");
    } else {
      double most = bars.stream().mapToDouble(Bar::value).max().orElse(0);
      page.open("table", "class", "bars").open("tbody");
      for (Bar bar : bars) {
        page.open("tr").open("th", "scope", "row");
        if (bar.href().isEmpty()) {
          page.text(bar.label());
        } else {
          page.element("a", bar.label(), "href", bar.href());
        }
        page.close("th").open("td", "class", "bar");
        drawing(page, bar, most);
        page.close("td").element("td", bar.shown(), "class", "number").close("tr").line();
      }
      page.close("tbody").close("table");
    }
    page.close("figure").line();
  }

  private static void drawing(Markup page, Bar bar, double most) {
    double length = most > 0 ? bar.value() / most * WIDTH : 0;
    page.open(
        "svg",
        "viewBox",
        "0 0 " + WIDTH + " " + HEIGHT,
        "preserveAspectRatio",
        "none",
        "role",
        "img",
        "class",
        bar.style());
    page.element("title", bar.label() + ": " + bar.shown());
    page.open("rect", "class", "ground", "width", "100", "height", "10").close("rect");
    if (bar.value() > 0) {
      page.open(
              "rect",
              "width",
              String.format(Locale.ROOT, "%.2f", Math.max(LEAST, length)),
              "height",
              Integer.toString(HEIGHT))
          .close("rect");
    }
    page.close("svg");
  }
}
