package dev.repofleet.worker.review;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.worker.connection.SandboxConnections;
import dev.repofleet.worker.plan.PlanSource;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Answers judged with a store and without sandboxes. */
abstract class JudgingTest {
  static final String WORKERS_KEY = "sk-ant-0123456789";

  @TempDir Path folder;
  ArtifactStore store;
  ReviewActivitiesImpl activities;
  private E2bClient client;

  @BeforeEach
  void open() {
    store = ArtifactStores.open(folder.resolve("store").toString());
    client = new E2bClient(E2bOptions.builder().apiKey("e2b_none").build());
    activities =
        new ReviewActivitiesImpl(
            new SandboxConnections(client),
            store,
            new PlanSource(store),
            Map.of("ANTHROPIC_API_KEY", WORKERS_KEY));
  }

  @AfterEach
  void close() {
    client.close();
  }
}
