package dev.repofleet.starter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/reliability.md names tests that there are. */
class ReliabilityPageTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+(?:IT|Test))`");

  @Test
  void everyTestThatIsNamedIsThere() throws IOException {
    Set<String> named =
        TEST.matcher(Files.readString(ROOT.resolve("docs/reliability.md")))
            .results()
            .map((MatchResult found) -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(named).hasSizeGreaterThan(30);
    Set<String> there = new TreeSet<>();
    for (String module : new String[] {"lib", "workflows", "worker", "starter"}) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module))) {
        files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(".java"))
            .map(name -> name.replace(".java", ""))
            .forEach(there::add);
      }
    }
    assertThat(there).containsAll(named);
  }
}
