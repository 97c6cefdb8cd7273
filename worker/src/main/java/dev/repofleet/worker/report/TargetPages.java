package dev.repofleet.worker.report;

import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.RecentlyUsed;
import dev.repofleet.artifacts.target.ManifestReader;
import dev.repofleet.artifacts.target.ManifestRef;
import dev.repofleet.artifacts.target.TargetKind;
import dev.repofleet.artifacts.target.TargetPlan;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.worker.plan.PlanSource;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.Refusal;
import dev.repofleet.workflows.activities.batch.TargetPage;
import dev.repofleet.workflows.activities.batch.TargetPageRequest;
import dev.repofleet.workflows.order.Target;
import io.temporal.failure.ApplicationFailure;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads pages of manifests, and the plans of rows that have their own. Thread-safe. */
final class TargetPages {
  /** Opening one reads all of it; a worker serves few batches at once. */
  private static final int READERS = 16;

  private final ArtifactStore store;
  private final PlanSource plans;
  private final RecentlyUsed<ManifestRef, ManifestReader> readers = new RecentlyUsed<>(READERS);

  TargetPages(ArtifactStore store, PlanSource plans) {
    this.store = store;
    this.plans = plans;
  }

  /**
   * One page.
   *
   * @throws ArtifactException when the store fails, which may pass
   * @throws ApplicationFailure of the type {@code manifest_invalid}, final, that names the row,
   *     when the manifest is missing or damaged
   */
  TargetPage page(TargetPageRequest request) {
    try {
      return new TargetPage(
          reader(inStore(request.manifest())).readPage(request.offset(), request.limit()).stream()
              .map(this::row)
              .toList());
    } catch (ArtifactNotFoundException | ArtifactCorruptException | IllegalArgumentException e) {
      throw Refusal.MANIFEST_INVALID.because(
          "the manifest of the batch can't be used: " + e.getMessage());
    }
  }

  /** A manifest that a workflow refers to, as the store knows it. */
  static ManifestRef inStore(dev.repofleet.workflows.order.ManifestRef manifest) {
    return new ManifestRef(manifest.uri(), manifest.sha256(), manifest.count());
  }

  private ManifestReader reader(ManifestRef manifest) {
    ManifestReader known = readers.get(manifest);
    if (known != null) {
      return known;
    }
    ManifestReader opened = ManifestReader.open(store, manifest);
    readers.put(manifest, opened);
    return opened;
  }

  private TargetPage.Row row(TargetRow row) {
    Target target;
    try {
      target = target(row);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("row " + row.index() + ": " + e.getMessage(), e);
    }
    TargetPlan own = row.plan();
    if (own == null) {
      return new TargetPage.Row(row.index(), row.key(), target);
    }
    PlanRef plan = new PlanRef(own.uri(), own.sha256(), own.name());
    try {
      return new TargetPage.Row(
          row.index(), row.key(), target, plan, PlanSource.outline(plans.read(plan)));
    } catch (ApplicationFailure e) {
      return new TargetPage.Row(
          row.index(), row.key(), without(target, String.valueOf(e.getOriginalMessage())));
    }
  }

  /** One row's plan that can't be used is that row's fault alone: it fails when it is resolved. */
  private static Target without(Target target, String problem) {
    return new Target(
        target.name(),
        null,
        target.ref(),
        target.subpath(),
        null,
        null,
        Cause.INTERNAL,
        problem,
        target.repository(),
        target.path());
  }

  private static Target target(TargetRow row) {
    ArtifactRef bundle = row.bundle();
    String cause = row.cause();
    return new Target(
        row.target(),
        row.kind() == TargetKind.GIT ? row.url() : null,
        row.ref(),
        row.subpath(),
        row.kind() == TargetKind.BUNDLE ? row.commit() : null,
        row.kind() == TargetKind.BUNDLE && bundle != null ? bundle.uri() : null,
        cause == null ? null : Cause.of(cause),
        row.problem(),
        repository(row),
        row.repository());
  }

  private static @Nullable String repository(TargetRow row) {
    return row.name() == null
        ? null
        : Stream.of(row.host(), row.owner(), row.name())
            .filter(Objects::nonNull)
            .collect(Collectors.joining("/"));
  }
}
