package dev.repofleet.worker.activity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreIdentityTest {
  @TempDir private Path folder;

  @Test
  void anotherStoreIsRefusedForNowAndItsOwnIsNot() {
    ArtifactStore store = ArtifactStores.open(folder.toString());
    StoreIdentity.require(store, store.storeId());
    StoreIdentity.require(store, null);
    ApplicationFailure failure =
        catchThrowableOfType(
            ApplicationFailure.class, () -> StoreIdentity.require(store, "another"));
    assertThat(failure.getType()).isEqualTo("store_mismatch");
    assertThat(failure.isNonRetryable()).isFalse();
    assertThat(failure.getOriginalMessage()).contains("another", store.storeId(), "REPOFLEET_ART");
  }
}
