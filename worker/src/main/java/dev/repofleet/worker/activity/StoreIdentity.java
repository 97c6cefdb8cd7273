package dev.repofleet.worker.activity;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.workflows.Refusal;
import io.temporal.failure.ApplicationFailure;
import org.jspecify.annotations.Nullable;

/** Whether this worker sees the artifact store that a batch began with. Stateless. */
public final class StoreIdentity {
  private StoreIdentity() {}

  /**
   * Lets go before anything is done, when the store is another one.
   *
   * @param storeId of the batch; absent in histories of before it was carried
   * @throws ApplicationFailure of the type {@link Refusal#STORE_MISMATCH}; another worker may see
   *     the right store, so it is tried again
   */
  public static void require(ArtifactStore store, @Nullable String storeId) {
    if (storeId != null && !storeId.equals(store.storeId())) {
      throw ApplicationFailure.newFailure(
          "this worker keeps artifacts in store "
              + store.storeId()
              + ", the batch began with store "
              + storeId
              + "; nothing was started. Set REPOFLEET_ARTIFACTS of this worker to the batch's store",
          Refusal.STORE_MISMATCH.type());
    }
  }
}
