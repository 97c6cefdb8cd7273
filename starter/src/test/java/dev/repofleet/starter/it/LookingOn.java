package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.starter.testing.EventLines;
import dev.repofleet.starter.testing.Waiting;
import io.temporal.client.WorkflowClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What people and scripts do who look on at a fleet, by the pages that tell them how. */
final class LookingOn {
  private static final Path DOCS = Path.of("..", "docs");
  private static final Pattern QUERY =
      Pattern.compile("(?m)^\\| [^|]+ \\| `(WorkflowType[^`]+)` \\|$");

  private final SeparateFleet fleet;

  LookingOn(SeparateFleet fleet) {
    this.fleet = fleet;
  }

  private static String read(String page) {
    try {
      return Files.readString(DOCS.resolve(page));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a command with {@code --json}; each of its lines is as the schema says. */
  List<JsonNode> json(String... arguments) {
    String[] all = Arrays.copyOf(arguments, arguments.length + 1);
    all[arguments.length] = "--json";
    FleetProcess process = fleet.start(String.join("-", arguments), all);
    assertThat(process.awaitExit(Waiting.LONG)).as(process.tail()).isZero();
    return EventLines.of(process.out());
  }

  /** The server understands every query that the page about its UI gives. */
  void assertQueries(WorkflowClient client) {
    Matcher query = QUERY.matcher(read("temporal-ui.md"));
    int queries = 0;
    while (query.find()) {
      queries++;
      assertThat(client.countWorkflows(query.group(1)).getCount())
          .as(query.group(1))
          .isNotNegative();
    }
    assertThat(queries).isGreaterThan(5);
    assertThat(client.countWorkflows("WorkflowType = 'RepositoryReview'").getCount()).isPositive();
  }
}
