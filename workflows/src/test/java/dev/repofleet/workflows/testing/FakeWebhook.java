package dev.repofleet.workflows.testing;

import dev.repofleet.workflows.activities.batch.BatchNotice;
import dev.repofleet.workflows.activities.batch.NoticeKind;
import dev.repofleet.workflows.activities.batch.WebhookActivities;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what a webhook would have been told. Thread-safe. */
public final class FakeWebhook implements WebhookActivities {
  private final List<BatchNotice> notices = new CopyOnWriteArrayList<>();
  private volatile boolean refusing;

  @Override
  public void sendWebhook(BatchNotice notice) {
    notices.add(notice);
    if (refusing) {
      throw ApplicationFailure.newNonRetryableFailure("HTTP 404", "internal");
    }
  }

  /** From now on it fails for good, after it has been told. */
  public void refuse() {
    refusing = true;
  }

  /** What it was told, in order, each attempt. */
  public List<BatchNotice> notices() {
    return List.copyOf(notices);
  }

  /** The kinds of what it was told. */
  public List<NoticeKind> kinds() {
    return notices.stream().map(BatchNotice::kind).toList();
  }
}
