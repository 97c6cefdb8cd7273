package dev.repofleet.starter.batch;

import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.TemporalConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** Where the pages of Temporal's UI are. No server tells that of itself. */
public final class TemporalPages {
  /** Names the UI of a server that is elsewhere. */
  public static final String VARIABLE = "REPOFLEET_TEMPORAL_UI";

  private static final String USUAL_SERVER = "127.0.0.1:7233";
  private static final String USUAL_UI = "http://127.0.0.1:8233";

  private TemporalPages() {}

  /**
   * The page of a batch; empty when nobody said where the UI is.
   *
   * @throws IllegalArgumentException when what was said is no address
   * @throws dev.repofleet.workflows.client.TemporalUnreachableException when what is said of the
   *     server is no good
   */
  public static Optional<URI> of(Map<String, String> environment, String batch) {
    String ui = environment.getOrDefault(VARIABLE, "").strip();
    TemporalConnection.Place place = TemporalConnection.place(environment);
    if (ui.isEmpty() && place.address().equals(USUAL_SERVER)) {
      ui = USUAL_UI;
    }
    if (ui.isEmpty()) {
      return Optional.empty();
    }
    if (!ui.startsWith("http://") && !ui.startsWith("https://")) {
      throw new IllegalArgumentException(VARIABLE + " is no address: write it as in " + USUAL_UI);
    }
    return Optional.of(
        URI.create(
            ui.replaceAll("/+$", "")
                + "/namespaces/"
                + encoded(place.namespace())
                + "/workflows/"
                + encoded(Fleet.batchWorkflowId(batch))));
  }

  private static String encoded(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8);
  }
}
