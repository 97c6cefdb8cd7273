package dev.repofleet.worker.cache;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.Sha256;
import dev.repofleet.artifacts.plan.FollowUp;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.plan.PromptTemplate;
import dev.repofleet.worker.plan.TargetIdentity;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.activities.git.ResolveOutcome;
import dev.repofleet.workflows.order.Target;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything that decides what a review comes to, as one hash. The agent's version is not in it: it
 * is not known before there is a sandbox, which is what a hit is to save.
 */
final class CacheKey {
  /**
   * Raised when the fleet itself asks or judges otherwise, so that what it came to before no longer
   * holds.
   */
  static final int POLICY = 3;

  private CacheKey() {}

  /**
   * The key, 64 hex digits.
   *
   * @param model which the worker's settings choose
   */
  static String of(
      Target target, ResolveOutcome found, Plan plan, AgentKind agent, Map<String, String> model) {
    Map<String, Object> parts = new TreeMap<>();
    parts.put("policy", POLICY);
    // Its name too: results are told apart by it.
    parts.put("plan", plan);
    parts.put("agent", agent.code());
    parts.put("model", model);
    parts.put("repository", TargetIdentity.repository(target));
    parts.put("commit", found.commit());
    put(parts, "subpath", target.subpath());
    if (namesTheRef(plan)) {
      put(parts, "ref", found.ref() == null ? target.ref() : found.ref());
    }
    return Sha256.ofText(ArtifactJson.canonical(parts));
  }

  /**
   * The key of all reviews that differ in their commit alone. An incremental plan goes on from what
   * the same plan found in full, and the other way round. The ref is the one that was asked for, so
   * that two branches are two lines of work.
   */
  static String withoutCommit(
      Target target, Plan plan, AgentKind agent, Map<String, String> model) {
    Map<String, Object> parts = new TreeMap<>();
    parts.put("latest", POLICY);
    parts.put("plan", plan.withIncremental(false));
    parts.put("agent", agent.code());
    parts.put("model", model);
    parts.put("repository", TargetIdentity.repository(target));
    put(parts, "subpath", target.subpath());
    put(parts, "ref", target.ref());
    return Sha256.ofText(ArtifactJson.canonical(parts));
  }

  private static void put(Map<String, Object> parts, String name, @Nullable String value) {
    if (value != null) {
      parts.put(name, value);
    }
  }

  /** Two branches with the same commit are one, unless the agent is told which it is. */
  private static boolean namesTheRef(Plan plan) {
    return Stream.concat(
            Stream.of(plan.prompt(), orEmpty(plan.instructions()), orEmpty(plan.systemPrompt())),
            plan.followUps().stream().map(FollowUp::prompt))
        .flatMap(text -> PromptTemplate.placeholders(text).stream())
        .anyMatch(place -> "ref".equals(place.name()));
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
