package dev.repofleet.worker.testing;

import dev.repofleet.artifacts.ArtifactStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Objects;

/** Stores in which something happens before they do what they are asked for. Stateless. */
public final class WatchedStore {
  private WatchedStore() {}

  /** What happens; where it throws, the store is not asked. */
  @FunctionalInterface
  public interface Before {
    /**
     * Is told of a call.
     *
     * @param first of the arguments, as text: what it is about
     */
    void call(String method, String first);
  }

  /** A store that tells of each call before it is made. */
  public static ArtifactStore of(ArtifactStore store, Before before) {
    return (ArtifactStore)
        Proxy.newProxyInstance(
            ArtifactStore.class.getClassLoader(),
            new Class<?>[] {ArtifactStore.class},
            (proxy, method, arguments) -> {
              before.call(method.getName(), arguments == null ? "" : String.valueOf(arguments[0]));
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw Objects.requireNonNull(e.getCause());
              }
            });
  }
}
