package dev.repofleet.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.workflows.Cause;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** docs/architecture.md and CONTRIBUTING.md speak of classes, modules and causes as they are. */
class ArchitecturePageTest {
  private static final Path ROOT = Path.of("..");
  private static final String PAGE = "docs/architecture.md";
  private static final String OURS = "repofleet-";
  private static final Pattern MODULE = Pattern.compile("<module>(.+?)</module>");

  /** A class or a name of the same look, and what it may have behind a dot. */
  private static final Pattern NAME =
      Pattern.compile("`([A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*)(?:\\.(\\w+))?(?:\\(\\))?`");

  private static final Pattern TYPE =
      Pattern.compile("\\b(?:class|record|interface|enum) ([A-Z]\\w*)");

  /** Workflows, activities and search attributes, as Temporal knows them. */
  private static final Pattern TEMPORAL = Pattern.compile("\"([A-Z][A-Za-z]+)\"");

  private static final Pattern ACTIVITY = Pattern.compile("(?m)^  [\\w.<>]+ ([a-z]\\w*)\\(");
  private static final Pattern ARROW = Pattern.compile("(?m)^  ([\\w-]+) (-->|-\\.->) ([\\w-]+)$");
  private static final Pattern CAUSE =
      Pattern.compile("(?m)^\\| `(\\w+)` \\| (retry|workflow|fail) \\| (.*) \\|$");

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A link to a class, of whatever package; the formatter breaks lines inside it. */
  private static final Pattern LINKED = Pattern.compile("\\{@link[\\s*]+[a-z][\\w.]*\\.[A-Z]\\w*");

  /** Those with code of their own: others run the tests of one of them. */
  private static List<String> modules() {
    return MODULE
        .matcher(text(ROOT.resolve("pom.xml")))
        .results()
        .map(m -> m.group(1))
        .filter(module -> Files.isDirectory(ROOT.resolve(module).resolve("src")))
        .toList();
  }

  private static List<Path> sources(String folder) {
    try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The sources in which each type is declared. */
  private static Map<String, String> types() {
    Map<String, String> types = new TreeMap<>();
    for (String module : modules()) {
      for (Path file : sources(module + "/src")) {
        String source = text(file);
        TYPE.matcher(source)
            .results()
            .map(type -> type.group(1))
            .distinct()
            .forEach(type -> types.merge(type, source, String::concat));
      }
    }
    return types;
  }

  private static Set<String> namesOfTemporal() {
    Set<String> names = new TreeSet<>();
    for (Path file : sources("workflows/src/main")) {
      TEMPORAL.matcher(text(file)).results().forEach(name -> names.add(name.group(1)));
      if (file.toString().endsWith("Activities.java")) {
        ACTIVITY
            .matcher(text(file))
            .results()
            .map(method -> method.group(1))
            .forEach(
                name ->
                    names.add(name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1)));
      }
    }
    return names;
  }

  @ParameterizedTest
  @ValueSource(strings = {PAGE, "CONTRIBUTING.md"})
  void every_class_and_method_that_a_page_names_is_there(String page) {
    Map<String, String> types = types();
    Set<String> temporal = namesOfTemporal();
    List<MatchResult> named = NAME.matcher(text(ROOT.resolve(page))).results().toList();
    assertThat(named).hasSizeGreaterThan(30);
    Set<String> missing = new TreeSet<>();
    for (MatchResult name : named) {
      String source = types.get(name.group(1));
      String member = name.group(2);
      boolean isThere =
          member == null
              ? source != null || temporal.contains(name.group(1))
              : source != null && Pattern.compile("\\b" + member + "\\b").matcher(source).find();
      if (!isThere) {
        missing.add(name.group());
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void the_drawing_has_the_arrows_of_the_build() throws Exception {
    String page = text(ROOT.resolve(PAGE));
    Set<String> drawn =
        ARROW
            .matcher(page)
            .results()
            .map(MatchResult::group)
            .map(String::strip)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> built = new TreeSet<>();
    for (String module : modules()) {
      built.addAll(arrows(ROOT.resolve(module).resolve("pom.xml")));
    }
    assertThat(built).hasSizeGreaterThan(10);
    assertThat(drawn).isEqualTo(built);
  }

  /** Of one module, to others of ours; none of the parent, which only says versions. */
  private static Set<String> arrows(Path pom) throws Exception {
    Element project =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(pom.toFile())
            .getDocumentElement();
    Set<String> arrows = new TreeSet<>();
    NodeList dependencies = project.getElementsByTagName("dependency");
    for (int i = 0; i < dependencies.getLength(); i++) {
      Element dependency = (Element) dependencies.item(i);
      boolean used = dependency.getParentNode().getParentNode().isSameNode(project);
      String name = child(dependency, "artifactId");
      if (used && name.startsWith(OURS)) {
        arrows.add(
            child(project, "artifactId").substring(OURS.length())
                + (child(dependency, "scope").equals("test") ? " -.-> " : " --> ")
                + name.substring(OURS.length()));
      }
    }
    return arrows;
  }

  @Test
  void every_package_has_a_page_that_names_a_class_to_start_with() {
    Set<Path> folders = new TreeSet<>();
    for (String module : modules()) {
      Path main = ROOT.resolve(module).resolve("src/main/java");
      sources(module + "/src").stream()
          .filter(file -> file.startsWith(main))
          .map(Path::getParent)
          .forEach(folders::add);
    }
    assertThat(folders).hasSizeGreaterThan(30);
    Set<Path> silent = new TreeSet<>();
    for (Path folder : folders) {
      Path page = folder.resolve("package-info.java");
      if (!Files.exists(page) || !LINKED.matcher(text(page)).find()) {
        silent.add(folder);
      }
    }
    assertThat(silent).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "workflows, workflows",
    "worker, worker",
    "starter, starter",
    "lib/e2b-local, e2b/local",
  })
  void the_page_has_a_place_for_every_package_of(String module, String folder) {
    String page = text(ROOT.resolve(PAGE));
    int begin = page.indexOf("\n- `" + module + "`: ");
    assertThat(begin).isPositive();
    String places = page.substring(begin + 1).split("\n(?=- `|\n)", 2)[0];
    Path root = ROOT.resolve(module + "/src/main/java/dev/repofleet/" + folder);
    Set<String> packages = new TreeSet<>();
    for (Path file : sources(module + "/src/main/java")) {
      String name = root.relativize(file.getParent()).toString().replace('/', '.');
      if (!name.isEmpty()) {
        packages.add("`" + name + "`");
      }
    }
    assertThat(packages).hasSizeGreaterThan(10);
    assertThat(packages).allSatisfy(name -> assertThat(places).contains(name));
  }

  private static String child(Element of, String name) {
    for (var node = of.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node.getNodeName().equals(name)) {
        return node.getTextContent().strip();
      }
    }
    return "";
  }

  @Test
  void the_table_has_every_cause_as_the_code_has_it() {
    List<String> rows =
        CAUSE.matcher(text(ROOT.resolve(PAGE))).results().map(MatchResult::group).toList();
    assertThat(rows)
        .containsExactlyElementsOf(
            Arrays.stream(Cause.values())
                .map(
                    cause ->
                        "| `%s` | %s | %s |"
                            .formatted(
                                cause.code(),
                                cause.decision().name().toLowerCase(Locale.ROOT),
                                cause.sentence()))
                .toList());
  }
}
