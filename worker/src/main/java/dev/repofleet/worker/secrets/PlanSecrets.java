package dev.repofleet.worker.secrets;

import dev.repofleet.artifacts.plan.Plan;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The secrets that plans may name: variables of the worker that {@code REPOFLEET_PLAN_SECRETS}
 * lists. Immutable and thread-safe; never printed.
 */
final class PlanSecrets {
  private final Map<String, String> worker;
  private final Set<String> allowed;

  PlanSecrets(Map<String, String> worker) {
    this.worker = worker;
    this.allowed = KnownSecrets.allowedForPlans(worker);
  }

  /** Why this worker can't serve the plan; empty when it can. */
  Optional<String> refusal(Plan plan) {
    return plan.secrets().stream().flatMap(name -> refusal(name).stream()).findFirst();
  }

  private Optional<String> refusal(String name) {
    if (KnownSecrets.isTheFleetsOwn(name)) {
      return Optional.of(
          "it asks for the secret "
              + name
              + ", which is the fleet's own and never an agent's; give the workers a token of its"
              + " own under another name");
    }
    if (!allowed.contains(name)) {
      return Optional.of(
          "it asks for the secret "
              + name
              + ", which the workers don't allow: add it to "
              + KnownSecrets.PLAN_SECRETS
              + " where they run, or drop it from 'secrets'");
    }
    if (worker.getOrDefault(name, "").isBlank()) {
      return Optional.of(
          "it asks for the secret "
              + name
              + ", which the workers allow but don't have: set it where they run");
    }
    return Optional.empty();
  }

  /** The plan's secrets with their values; those that are refused are not among them. */
  Map<String, String> of(Plan plan) {
    Map<String, String> values = new HashMap<>();
    for (String name : plan.secrets()) {
      if (refusal(name).isEmpty()) {
        values.put(name, worker.getOrDefault(name, ""));
      }
    }
    return values;
  }
}
