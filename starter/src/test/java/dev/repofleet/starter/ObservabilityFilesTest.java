package dev.repofleet.starter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.workflows.Cause;
import io.temporal.serviceclient.MetricsType;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The dashboard, the alert rules, docs/metrics.md and docs/operations.md say the same. */
class ObservabilityFilesTest {
  private static final Path ROOT = Path.of("..");
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private static final Pattern OWN =
      Pattern.compile("(?m)^\\| `(repofleet_\\w+)` \\| (\\w+)[^|]*\\|");

  private static final Pattern NOT_A_NAME =
      Pattern.compile(
          "\"[^\"]*\"|\\{[^}]*}|\\[[^]]*]|\\b(?:by|on|group_left|without)\\s*\\([^)]*\\)");

  /** A word that is no function and no number. */
  private static final Pattern NAME = Pattern.compile("\\b[a-zA-Z_]\\w*\\b(?!\\s*\\()");

  private static final Set<String> OPERATORS = Set.of("or", "and", "unless");
  private static final Set<String> PROMETHEUS_OWN = Set.of("up", "ALERTS");
  private static final Pattern COMMAND = Pattern.compile("`repofleet ([^`]+)`");

  private static final Pattern NOT_COUNTED = Pattern.compile("cause!~\"([^\"]+)\"");

  /** One of the table's rows, by what stands in its first cell. */
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[^|]+`) \\|");

  private static final Pattern CODE = Pattern.compile("`(\\w+)`");

  private static JsonNode dashboard() throws IOException {
    return new ObjectMapper()
        .readTree(ROOT.resolve("deploy/grafana/dashboards/repofleet.json").toFile());
  }

  private static List<JsonNode> panels() throws IOException {
    List<JsonNode> panels = new ArrayList<>();
    dashboard()
        .path("panels")
        .forEach(
            panel -> {
              if (!panel.path("type").asText().equals("row")) {
                panels.add(panel);
              }
            });
    return panels;
  }

  private static List<JsonNode> alerts() throws IOException {
    List<JsonNode> alerts = new ArrayList<>();
    YAML.readTree(ROOT.resolve("deploy/prometheus/alerts.yml").toFile())
        .path("groups")
        .forEach(group -> group.path("rules").forEach(alerts::add));
    return alerts;
  }

  private static String text(String page) throws IOException {
    return Files.readString(ROOT.resolve("docs").resolve(page));
  }

  /** Every series there may be: of the page's table, and of the SDK's own list. */
  private static Set<String> series() throws IOException, IllegalAccessException {
    Set<String> series = new HashSet<>(PROMETHEUS_OWN);
    Matcher own = OWN.matcher(text("metrics.md"));
    while (own.find()) {
      series.add(own.group(1));
      if (own.group(2).equals("histogram")) {
        for (String suffix : List.of("_bucket", "_sum", "_count", "_max")) {
          series.add(own.group(1) + suffix);
        }
      }
    }
    for (Class<?> list : List.of(MetricsType.class, io.temporal.worker.MetricsType.class)) {
      for (Field field : list.getFields()) {
        if (Modifier.isStatic(field.getModifiers()) && field.get(null) instanceof String name) {
          series.addAll(List.of(name, name + "_total"));
          for (String suffix : List.of("_sum", "_count", "_max")) {
            series.add(name + "_seconds" + suffix);
          }
        }
      }
    }
    return series;
  }

  private static Set<String> names(String expression) {
    Set<String> names = new TreeSet<>();
    Matcher name = NAME.matcher(NOT_A_NAME.matcher(expression).replaceAll(" "));
    while (name.find()) {
      if (!OPERATORS.contains(name.group())) {
        names.add(name.group());
      }
    }
    return names;
  }

  @Test
  void the_page_asks_five_questions_in_order() throws IOException {
    List<String> rows = new ArrayList<>();
    dashboard()
        .path("panels")
        .forEach(
            panel -> {
              if (panel.path("type").asText().equals("row")) {
                rows.add(panel.path("title").asText());
              }
            });
    assertThat(rows)
        .containsExactly(
            "healthy?", "how fast?", "what does it cost?", "what fails?", "when done?");
    assertThat(dashboard().at("/templating/list/0/type").asText()).isEqualTo("datasource");
    assertThat(dashboard().at("/templating/list/0/query").asText()).isEqualTo("prometheus");
    assertThat(dashboard().at("/templating/list/1/name").asText()).isEqualTo("job");
  }

  @Test
  void every_panel_says_what_it_shows_and_in_which_unit() throws IOException {
    Set<Integer> ids = new HashSet<>();
    Set<String> places = new HashSet<>();
    for (JsonNode panel : panels()) {
      String title = panel.path("title").asText();
      assertThat(title).isNotBlank();
      assertThat(panel.path("description").asText()).as(title).endsWith(".");
      assertThat(panel.at("/fieldConfig/defaults/unit").asText()).as(title).isNotBlank();
      assertThat(panel.at("/datasource/uid").asText()).as(title).isEqualTo("${datasource}");
      assertThat(panel.path("targets")).as(title).isNotEmpty();
      panel
          .path("targets")
          .forEach(
              target -> {
                assertThat(target.path("expr").asText()).as(title).isNotBlank();
                assertThat(target.path("legendFormat").asText()).as(title).hasSizeBetween(1, 30);
              });
      assertThat(ids.add(panel.path("id").asInt())).as(title).isTrue();
      JsonNode grid = panel.path("gridPos");
      assertThat(grid.path("x").asInt() + grid.path("w").asInt()).as(title).isLessThanOrEqualTo(24);
      for (int x = 0; x < grid.path("w").asInt(); x++) {
        for (int y = 0; y < grid.path("h").asInt(); y++) {
          String place = (grid.path("x").asInt() + x) + "," + (grid.path("y").asInt() + y);
          assertThat(places.add(place)).as(title + " lies on another at " + place).isTrue();
        }
      }
    }
  }

  @Test
  void panels_and_alerts_ask_for_what_there_is() throws IOException, IllegalAccessException {
    Set<String> series = series();
    for (JsonNode panel : panels()) {
      for (JsonNode target : panel.path("targets")) {
        String expression = target.path("expr").asText();
        assertThat(names(expression)).as(expression).isNotEmpty().isSubsetOf(series);
        if (!expression.contains("ALERTS")) {
          assertThat(expression).contains("job=~\"$job\"");
        }
      }
    }
    for (JsonNode alert : alerts()) {
      String expression = alert.path("expr").asText();
      assertThat(names(expression)).as(expression).isNotEmpty().isSubsetOf(series);
    }
  }

  /** Who is woken by an alert looks at the page first. */
  @Test
  void what_alerts_go_by_is_on_the_page() throws IOException {
    Set<String> drawn = new TreeSet<>();
    for (JsonNode panel : panels()) {
      panel.path("targets").forEach(target -> drawn.addAll(names(target.path("expr").asText())));
    }
    for (JsonNode alert : alerts()) {
      String expression = alert.path("expr").asText();
      assertThat(names(expression)).as(expression).isSubsetOf(drawn);
    }
  }

  @Test
  void every_alert_says_the_way_out_and_has_its_section_in_the_runbook() throws IOException {
    Set<String> sections = new TreeSet<>();
    Pattern.compile("(?m)^### (RepoFleet\\w+)$")
        .matcher(text("operations.md"))
        .results()
        .forEach(section -> sections.add(section.group(1)));
    Set<String> names = new TreeSet<>();
    for (JsonNode alert : alerts()) {
      String name = alert.path("alert").asText();
      names.add(name);
      assertThat(alert.at("/labels/severity").asText()).isIn("critical", "warning", "info");
      JsonNode says = alert.path("annotations");
      assertThat(says.path("summary").asText()).as(name).isNotBlank();
      assertThat(says.path("description").asText()).as(name).contains("`repofleet").endsWith(".");
      assertThat(says.path("runbook").asText())
          .isEqualTo("docs/operations.md#" + name.toLowerCase(Locale.ROOT));
    }
    assertThat(sections).isEqualTo(names);
  }

  /** What wakes somebody has its way out, whatever the cause. */
  @Test
  void the_runbook_has_a_way_out_of_every_cause_that_the_failure_rate_counts() throws IOException {
    String name = "RepoFleetFailureRateHigh";
    JsonNode rule =
        alerts().stream()
            .filter(alert -> alert.path("alert").asText().equals(name))
            .findFirst()
            .orElseThrow();
    Matcher excluded = NOT_COUNTED.matcher(rule.path("expr").asText());
    assertThat(excluded.find()).isTrue();
    List<String> counted = new ArrayList<>(Arrays.stream(Cause.values()).map(Cause::code).toList());
    assertThat(counted.removeAll(List.of(excluded.group(1).split("\\|")))).isTrue();
    String page = text("operations.md");
    int begin = page.indexOf("\n### " + name + "\n");
    String section = page.substring(begin, page.indexOf("\n### ", begin + 1));
    List<String> rows = new ArrayList<>();
    Matcher row = ROW.matcher(section);
    while (row.find()) {
      CODE.matcher(row.group(1)).results().forEach(code -> rows.add(code.group(1)));
    }
    assertThat(rows).containsExactlyInAnyOrderElementsOf(counted);
  }

  @Test
  void every_alert_is_tested_firing_and_silent() throws IOException {
    Set<String> firing = new TreeSet<>();
    Set<String> silent = new TreeSet<>();
    YAML.readTree(ROOT.resolve("deploy/prometheus/alerts_test.yml").toFile())
        .findValues("alert_rule_test")
        .forEach(
            tests ->
                tests.forEach(
                    test ->
                        (test.path("exp_alerts").isEmpty() ? silent : firing)
                            .add(test.path("alertname").asText())));
    Set<String> names = new TreeSet<>();
    alerts().forEach(alert -> names.add(alert.path("alert").asText()));
    assertThat(firing).isEqualTo(names);
    assertThat(silent).isEqualTo(names);
  }

  @Test
  void commands_that_they_name_exist_with_their_options() throws IOException {
    List<String> named = new ArrayList<>();
    String all =
        text("operations.md")
            + Files.readString(ROOT.resolve("deploy/prometheus/alerts.yml"))
                .replaceAll("\\s+", " ");
    COMMAND.matcher(all).results().forEach(command -> named.add(command.group(1)));
    assertThat(named).hasSizeGreaterThan(20);
    for (String command : named) {
      CommandLine at = RepoFleet.program(new TestProgram(Path.of("").toAbsolutePath()).context());
      for (String word : command.split(" ", -1)) {
        if (at.getSubcommands().containsKey(word)) {
          at = at.getSubcommands().get(word);
        } else if (word.startsWith("--")) {
          assertThat(at.getCommandSpec().optionsMap()).as(command).containsKey(word);
        }
      }
      assertThat(at.getSubcommands()).as(command).isEmpty();
    }
  }
}
