package dev.repofleet.e2b;

import java.time.Duration;
import java.util.Optional;

/**
 * A handle to one sandbox, for one Linux user. Cheap, thread-safe, needs no closing, and does not
 * keep the sandbox alive; the {@link E2bClient} it came from must stay open.
 *
 * <p>It holds the sandbox's access token, so it is not to be stored: keep the id and {@link
 * E2bClient#connect} again.
 */
public final class Sandbox {
  private final E2bClient client;
  private final Envd envd;
  private final String template;
  private final String envdVersion;
  private final Optional<String> user;

  Sandbox(E2bClient client, Envd envd, String template, String envdVersion, Optional<String> user) {
    this.client = client;
    this.envd = envd;
    this.template = template;
    this.envdVersion = envdVersion;
    this.user = user;
  }

  /** The sandbox's id. */
  public String sandboxId() {
    return envd.sandboxId();
  }

  /** The id of the template it was made from. */
  public String template() {
    return template;
  }

  /** The version of the envd inside; it is the template's, so old templates behave as of old. */
  public String envdVersion() {
    return envdVersion;
  }

  /** The Linux user this handle acts as; empty is the template's default user. */
  public Optional<String> user() {
    return user;
  }

  /** Runs commands as this handle's user. */
  public Commands commands() {
    return new Commands(envd);
  }

  /** Reads and writes files as this handle's user. */
  public Files files() {
    return new Files(envd);
  }

  /**
   * The same sandbox as another Linux user, {@code root} included: this is a choice, not a login.
   *
   * @throws IllegalArgumentException if that can't be the name of a Linux user
   */
  public Sandbox withUser(String linuxUser) {
    return new Sandbox(
        client, envd.withUser(linuxUser), template, envdVersion, Optional.of(linuxUser));
  }

  /** Asks the API about the sandbox; see {@link E2bClient#get}. */
  public SandboxInfo info() {
    return client.get(sandboxId());
  }

  /** Ends the sandbox; see {@link E2bClient#kill}. */
  public boolean kill() {
    return client.kill(sandboxId());
  }

  /** Sets how long it lives from now; see {@link E2bClient#setTimeout}. */
  public void setTimeout(Duration timeout) {
    client.setTimeout(sandboxId(), timeout);
  }

  @Override
  public String toString() {
    return "Sandbox[%s, template=%s, user=%s]"
        .formatted(sandboxId(), template, user.orElse("default"));
  }
}
