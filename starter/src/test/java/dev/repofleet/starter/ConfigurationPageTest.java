package dev.repofleet.starter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/configuration.md and the sources name the same variables. */
class ConfigurationPageTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern QUOTED = Pattern.compile("\"(REPOFLEET_[A-Z0-9_]+)\"");
  private static final Pattern ENTRY = Pattern.compile("(?m)^\\*\\*(`.+?)\\*\\*");
  private static final Pattern NAME = Pattern.compile("`([A-Z][A-Z0-9_]+)`");

  private static String page() throws IOException {
    return Files.readString(ROOT.resolve("docs/configuration.md"));
  }

  private static Set<String> entries() throws IOException {
    return ENTRY
        .matcher(page())
        .results()
        .flatMap(entry -> NAME.matcher(entry.group(1)).results())
        .map(name -> name.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<String> read(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .map(ConfigurationPageTest::text)
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<String> inSources() {
    return Stream.of("lib/e2b", "lib/artifacts", "lib/e2b-local", "workflows", "worker", "starter")
        .flatMap(module -> read(ROOT.resolve(module).resolve("src/main/java")))
        .flatMap(source -> QUOTED.matcher(source).results())
        .map((MatchResult name) -> name.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void every_variable_of_the_sources_has_an_entry_and_no_other() throws IOException {
    Set<String> own = new TreeSet<>(entries());
    own.removeIf(name -> !name.startsWith("REPOFLEET_"));
    Set<String> known = inSources();
    known.add("REPOFLEET_NO_BUILD"); // the launcher's
    assertThat(own).isEqualTo(known);
  }

  @Test
  void every_entry_tells_its_default() throws IOException {
    List<String> without =
        Pattern.compile("\n\n")
            .splitAsStream(page())
            .filter(paragraph -> paragraph.startsWith("**`"))
            .filter(
                paragraph ->
                    !paragraph.contains("*Default: ") && !paragraph.contains("*Default:\n"))
            .map(paragraph -> paragraph.lines().findFirst().orElse(""))
            .toList();
    assertThat(without).allMatch(entry -> entry.startsWith("**`BROWSER`"));
  }
}
