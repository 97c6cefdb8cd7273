package dev.repofleet.workflows;

import io.temporal.common.SearchAttributeKey;
import java.util.List;

/**
 * The custom search attributes of batches and reviews. A namespace on SQL visibility has room for
 * ten Keywords, three Ints and three Doubles in all; these use six, two and one. Workflows set them
 * only when the batch was started with {@link #BATCH}, so a namespace without them works too.
 */
public final class FleetSearchAttributes {
  /** Longest value of a Keyword: the column of SQL visibility has no room for more. */
  public static final int MAX_KEYWORD = 255;

  public static final SearchAttributeKey<String> BATCH =
      SearchAttributeKey.forKeyword("RepoFleetBatch");
  public static final SearchAttributeKey<String> REPOSITORY =
      SearchAttributeKey.forKeyword("RepoFleetRepository");
  public static final SearchAttributeKey<String> STATUS =
      SearchAttributeKey.forKeyword("RepoFleetStatus");
  public static final SearchAttributeKey<String> CAUSE =
      SearchAttributeKey.forKeyword("RepoFleetCause");
  public static final SearchAttributeKey<String> STAGE =
      SearchAttributeKey.forKeyword("RepoFleetStage");
  public static final SearchAttributeKey<String> PLAN =
      SearchAttributeKey.forKeyword("RepoFleetPlan");
  public static final SearchAttributeKey<Long> TURN = SearchAttributeKey.forLong("RepoFleetTurn");
  public static final SearchAttributeKey<Long> FINDINGS =
      SearchAttributeKey.forLong("RepoFleetFindings");
  public static final SearchAttributeKey<Double> COST_USD =
      SearchAttributeKey.forDouble("RepoFleetCostUsd");

  /** All of them, for a server's set-up. */
  public static final List<SearchAttributeKey<?>> ALL =
      List.of(BATCH, REPOSITORY, STATUS, CAUSE, STAGE, PLAN, TURN, FINDINGS, COST_USD);

  private FleetSearchAttributes() {}
}
