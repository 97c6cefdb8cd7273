package dev.repofleet.starter.batch;

import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.starter.render.BatchSummary;
import dev.repofleet.workflows.review.RepositoryProgress;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Where the repositories of a running batch are: who waits for a person above all. */
final class RunningPlaces {
  /** Each question takes a worker's time; those that ask for more watch the batch. */
  private static final int MAX_QUESTIONS = 200;

  /** A worker that stays silent would make each question seconds long. */
  private static final int MAX_SILENT = 2;

  private RunningPlaces() {}

  /** By index, of those that a worker answers for. */
  static Map<Integer, RepositoryProgress> of(BatchView view, BatchResult result) {
    Map<Integer, RepositoryProgress> places = new TreeMap<>();
    int questions = 0;
    int silent = 0;
    for (BatchRow row : result.repositories()) {
      if (row.status() != RepositoryStatus.RUNNING) {
        continue;
      }
      if (questions++ == MAX_QUESTIONS || silent == MAX_SILENT) {
        break;
      }
      Optional<RepositoryProgress> place = view.repository(row.key());
      place.ifPresent(known -> places.put(row.index(), known));
      silent = place.isPresent() ? 0 : silent + 1;
    }
    return places;
  }

  /** As they stand in the table of a batch. */
  static Map<Integer, BatchSummary.Place> shown(Map<Integer, RepositoryProgress> places) {
    Map<Integer, BatchSummary.Place> shown = new TreeMap<>();
    places.forEach(
        (index, place) ->
            shown.put(
                index,
                new BatchSummary.Place(
                    StageWords.inTable(place),
                    place.costUsd(),
                    BatchWatcher.counts(place.findings()))));
    return shown;
  }
}
