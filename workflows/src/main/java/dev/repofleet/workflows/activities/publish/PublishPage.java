package dev.repofleet.workflows.activities.publish;

import dev.repofleet.workflows.Payload;
import java.util.List;

/**
 * Some repositories of a batch.
 *
 * @param keys sorted; fewer than were asked for when there are no more
 */
@Payload
public record PublishPage(List<String> keys) {
  /** Keys in a page: far below what makes a payload large. */
  public static final int KEYS = 200;

  public PublishPage {
    keys = List.copyOf(keys);
  }
}
