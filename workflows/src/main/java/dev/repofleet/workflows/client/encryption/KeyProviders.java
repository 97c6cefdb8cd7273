package dev.repofleet.workflows.client.encryption;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * The providers of keys that are on the class path, or in the jars of the folder that {@value
 * #VARIABLE} names.
 */
final class KeyProviders {
  static final String VARIABLE = "REPOFLEET_EXTENSIONS";

  private KeyProviders() {}

  /**
   * The keys of the first that is set up.
   *
   * @throws IllegalArgumentException with a sentence for a person: the folder has no jar, or a
   *     provider can't be loaded or is set up wrongly
   */
  static Optional<PayloadKeys> open(Map<String, String> environment) {
    try {
      for (PayloadKeys.Provider provider :
          ServiceLoader.load(PayloadKeys.Provider.class, loader(environment))) {
        Optional<PayloadKeys> keys = provider.open(environment);
        if (keys.isPresent()) {
          return keys;
        }
      }
      return Optional.empty();
    } catch (ServiceConfigurationError e) {
      throw new IllegalArgumentException(
          "a provider of keys can't be loaded: " + e.getMessage(), e);
    }
  }

  /** Never closed: a provider may load more of its classes for as long as the process lives. */
  private static ClassLoader loader(Map<String, String> environment) {
    ClassLoader own = KeyProviders.class.getClassLoader();
    String folder = environment.getOrDefault(VARIABLE, "").strip();
    return folder.isEmpty() ? own : new URLClassLoader(jars(folder), own);
  }

  private static URL[] jars(String folder) {
    List<Path> jars;
    try (Stream<Path> files = Files.list(Path.of(folder))) {
      jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          VARIABLE + " names " + folder + ", which can't be read: " + e.getClass().getSimpleName(),
          e);
    }
    if (jars.isEmpty()) {
      throw new IllegalArgumentException(
          VARIABLE + " names " + folder + ", in which there is no jar");
    }
    return jars.stream().map(KeyProviders::url).toArray(URL[]::new);
  }

  private static URL url(Path jar) {
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }
}
