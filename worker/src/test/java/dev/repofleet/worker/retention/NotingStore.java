package dev.repofleet.worker.retention;

import dev.repofleet.artifacts.ArtifactStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Objects;

/** A store in which somebody is quicker: right before a mark is written there is their note. */
final class NotingStore {
  private final ArtifactStore store;

  NotingStore(ArtifactStore real, Runnable note) {
    store =
        (ArtifactStore)
            Proxy.newProxyInstance(
                ArtifactStore.class.getClassLoader(),
                new Class<?>[] {ArtifactStore.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("putNamed")
                      && String.valueOf(arguments[0]).endsWith("expired.json")) {
                    note.run();
                  }
                  try {
                    return method.invoke(real, arguments);
                  } catch (InvocationTargetException e) {
                    throw Objects.requireNonNull(e.getCause());
                  }
                });
  }

  ArtifactStore store() {
    return store;
  }
}
