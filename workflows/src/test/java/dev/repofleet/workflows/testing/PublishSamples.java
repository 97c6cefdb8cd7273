package dev.repofleet.workflows.testing;

import dev.repofleet.workflows.activities.publish.PublishOutcome;
import dev.repofleet.workflows.activities.publish.PublishPage;
import dev.repofleet.workflows.activities.publish.PublishPageRequest;
import dev.repofleet.workflows.activities.publish.PublishStep;
import dev.repofleet.workflows.order.PublishMode;
import dev.repofleet.workflows.order.PublishOptions;
import dev.repofleet.workflows.publish.PublishInput;
import dev.repofleet.workflows.publish.PublishProgress;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** One of each payload of publishing, every part filled. */
final class PublishSamples {
  private static final PublishOptions OPTIONS =
      new PublishOptions(
          PublishMode.DRY_RUN,
          true,
          true,
          true,
          true,
          true,
          List.of("security"),
          "store:objects/1");

  private static final PublishProgress PROGRESS =
      new PublishProgress(
          OPTIONS,
          5,
          4,
          3,
          Map.of("there are no changes", 3),
          2,
          1,
          List.of("name-1: the host is away"),
          10);

  static final List<Record> ALL =
      List.of(
          OPTIONS,
          PROGRESS,
          new PublishInput(
              1,
              "repofleet",
              "nightly",
              "store-1",
              OPTIONS,
              10,
              Duration.ofSeconds(1),
              "name-1",
              PROGRESS),
          new PublishPageRequest("nightly", "store-1", "name-1", 200),
          new PublishPage(List.of("name-1", "name-2")),
          new PublishStep("nightly", "name-1", OPTIONS, "store"),
          new PublishOutcome(PublishOutcome.Status.REFUSED, "it changes a submodule"));

  private PublishSamples() {}
}
