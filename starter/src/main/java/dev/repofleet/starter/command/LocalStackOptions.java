package dev.repofleet.starter.command;

import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Fleet;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link LocalStack} is asked for.
 *
 * @param environment where programs, folders, the model and E2B are looked up
 * @param home of the person
 * @param data folder of the state; absent: the one the environment names
 * @param fleet whose worker it runs
 * @param agent that will review
 * @param acceptLocalRisk whether a real agent may run without isolation
 */
public record LocalStackOptions(
    Map<String, String> environment,
    Path home,
    @Nullable Path data,
    Fleet fleet,
    AgentKind agent,
    boolean acceptLocalRisk) {
  /** Takes a copy of the environment. */
  public LocalStackOptions {
    environment = Map.copyOf(environment);
    Objects.requireNonNull(home, "home");
    Objects.requireNonNull(fleet, "fleet");
    Objects.requireNonNull(agent, "agent");
  }
}
