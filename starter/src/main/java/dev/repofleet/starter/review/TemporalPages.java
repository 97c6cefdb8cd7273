package dev.repofleet.starter.review;

import dev.repofleet.workflows.Fleet;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** Where the pages of Temporal's UI are. No server tells that of itself. */
final class TemporalPages {
  /** Names the UI of a server that is elsewhere. */
  static final String VARIABLE = "REPOFLEET_TEMPORAL_UI";

  private static final String USUAL_SERVER = "127.0.0.1:7233";
  private static final String USUAL_UI = "http://127.0.0.1:8233";

  private TemporalPages() {}

  /**
   * The page of a batch; empty when nobody said where the UI is.
   *
   * @throws IllegalArgumentException when what was said is no address
   */
  static Optional<URI> of(Map<String, String> environment, String batch) {
    String ui = environment.getOrDefault(VARIABLE, "").strip();
    String server = environment.getOrDefault("TEMPORAL_ADDRESS", "").strip();
    if (ui.isEmpty() && (server.isEmpty() || server.equals(USUAL_SERVER))) {
      ui = USUAL_UI;
    }
    if (ui.isEmpty()) {
      return Optional.empty();
    }
    if (!ui.startsWith("http://") && !ui.startsWith("https://")) {
      throw new IllegalArgumentException(VARIABLE + " is no address: write it as in " + USUAL_UI);
    }
    String namespace = environment.getOrDefault("TEMPORAL_NAMESPACE", "").strip();
    return Optional.of(
        URI.create(
            ui.replaceAll("/+$", "")
                + "/namespaces/"
                + encoded(namespace.isEmpty() ? "default" : namespace)
                + "/workflows/"
                + encoded(Fleet.batchWorkflowId(batch))));
  }

  private static String encoded(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8);
  }
}
