package dev.repofleet.workflows.client.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyProvidersTest {
  private static final String PROVIDER =
      """
      package acme;

      import dev.repofleet.workflows.client.encryption.PayloadKeys;
      import java.util.Map;
      import java.util.Optional;
      import javax.crypto.SecretKey;
      import javax.crypto.spec.SecretKeySpec;

      public final class Vault implements PayloadKeys.Provider {
        @Override
        public Optional<PayloadKeys> open(Map<String, String> environment) {
          return Optional.ofNullable(environment.get("VAULT_KEY")).map(Keys::new);
        }

        private record Keys(String currentId) implements PayloadKeys {
          @Override
          public Optional<SecretKey> find(String id) {
            return Optional.of(new SecretKeySpec(new byte[32], "AES"));
          }
        }
      }
      """;

  @TempDir Path folder = Path.of("");

  private static Map<String, String> extensions(Path jars, String... more) {
    return more.length == 0
        ? Map.of(KeyProviders.VARIABLE, jars.toString())
        : Map.of(KeyProviders.VARIABLE, jars.toString(), more[0], more[1]);
  }

  /** A folder with a jar of the provider, which is on nobody's class path. */
  private Path jars() throws IOException {
    Path source = Files.writeString(folder.resolve("Vault.java"), PROVIDER);
    Path classes = Files.createDirectory(folder.resolve("classes"));
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-cp",
                System.getProperty("java.class.path"),
                "-proc:none",
                "-d",
                classes.toString(),
                source.toString());
    assertThat(compiled).as("exit code of the compiler").isZero();
    Path jars = Files.createDirectory(folder.resolve("jars"));
    try (OutputStream file = Files.newOutputStream(jars.resolve("vault.jar"));
        JarOutputStream jar = new JarOutputStream(file)) {
      jar.putNextEntry(new JarEntry("META-INF/services/" + PayloadKeys.Provider.class.getName()));
      jar.write("acme.Vault\n".getBytes(StandardCharsets.UTF_8));
      for (String name : List.of("acme/Vault.class", "acme/Vault$Keys.class")) {
        jar.putNextEntry(new JarEntry(name));
        jar.write(Files.readAllBytes(classes.resolve(name)));
      }
    }
    return jars;
  }

  @Test
  void keys_are_those_of_a_provider_in_a_jar_of_the_folder_that_is_named() throws IOException {
    Path jars = jars();
    assertThat(PayloadEncryption.keys(extensions(jars, "VAULT_KEY", "vault-1")))
        .hasValueSatisfying(keys -> assertThat(keys.currentId()).isEqualTo("vault-1"));
    assertThat(PayloadEncryption.keys(extensions(jars))).as("not set up").isEmpty();
  }

  @Test
  void a_folder_that_can_give_no_provider_is_told() throws IOException {
    assertThatThrownBy(() -> PayloadEncryption.keys(extensions(folder.resolve("none"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("REPOFLEET_EXTENSIONS names " + folder.resolve("none"))
        .hasMessageContaining("NoSuchFileException");
    assertThatThrownBy(() -> PayloadEncryption.keys(extensions(folder)))
        .hasMessageContaining("in which there is no jar");
    Path broken = jars();
    Files.writeString(broken.resolve("a.txt"), "no jar");
    try (OutputStream file = Files.newOutputStream(broken.resolve("broken.jar"));
        JarOutputStream jar = new JarOutputStream(file)) {
      jar.putNextEntry(new JarEntry("META-INF/services/" + PayloadKeys.Provider.class.getName()));
      jar.write("acme.Absent\n".getBytes(StandardCharsets.UTF_8));
    }
    assertThatThrownBy(() -> PayloadEncryption.keys(extensions(broken)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("acme.Absent");
  }

  @Test
  void keys_that_are_required_are_missed() {
    assertThatThrownBy(() -> PayloadEncryption.keys(Map.of("REPOFLEET_ENCRYPTION", "required")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "is 'required', and there are no keys: set REPOFLEET_ENCRYPTION_KEYS");
    assertThatThrownBy(() -> PayloadEncryption.keys(Map.of("REPOFLEET_ENCRYPTION", "on")))
        .hasMessageContaining("REPOFLEET_ENCRYPTION is 'on': write required");
    assertThat(PayloadEncryption.keys(Map.of("REPOFLEET_ENCRYPTION", " "))).isEmpty();
  }
}
