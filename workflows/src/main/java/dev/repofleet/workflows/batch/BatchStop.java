package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.progress.BatchStatus;

/** Why a batch starts nothing more although there is more. */
enum BatchStop {
  BUDGET(BatchStatus.STOPPED_BUDGET),
  FAILURES(BatchStatus.FAILED);

  private final BatchStatus status;

  BatchStop(BatchStatus status) {
    this.status = status;
  }

  /** What the batch ends in. */
  BatchStatus status() {
    return status;
  }
}
