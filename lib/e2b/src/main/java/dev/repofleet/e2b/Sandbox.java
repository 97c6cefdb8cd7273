package dev.repofleet.e2b;

import java.net.URI;
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
  /** The header that carries {@link #trafficAccessToken()} to a port of the sandbox. */
  public static final String TRAFFIC_TOKEN_HEADER = "e2b-traffic-access-token";

  private final E2bClient client;
  private final Envd envd;
  private final Facts facts;
  private final Optional<String> user;

  /** What the API told of it. */
  record Facts(
      String template, String envdVersion, SandboxHosts hosts, Optional<String> trafficToken) {
    @Override
    public String toString() {
      return "Facts[" + template + "]";
    }
  }

  Sandbox(E2bClient client, Envd envd, Facts facts, Optional<String> user) {
    this.client = client;
    this.envd = envd;
    this.facts = facts;
    this.user = user;
  }

  /** The sandbox's id. */
  public String sandboxId() {
    return envd.sandboxId();
  }

  /** The id of the template it was made from. */
  public String template() {
    return facts.template();
  }

  /** The version of the envd inside; it is the template's, so old templates behave as of old. */
  public String envdVersion() {
    return facts.envdVersion();
  }

  /** The Linux user this handle acts as; empty is the template's default user. */
  public Optional<String> user() {
    return user;
  }

  /** Runs commands as this handle's user. */
  public Commands commands() {
    return new Commands(envd);
  }

  /** Runs programs in terminals as this handle's user. */
  public Pty pty() {
    return new Pty(envd);
  }

  /** Reads and writes files as this handle's user. */
  public Files files() {
    return new Files(envd);
  }

  /** Git as this handle's user. */
  public Git git() {
    return new Git(this);
  }

  /** The MCP gateway of this sandbox. */
  public McpGateway mcp() {
    return new McpGateway(this);
  }

  /**
   * The name under which a port of the sandbox is reached from outside, for example {@code
   * 3000-i0123.e2b.app}; where the sandboxes are a server's on this machine, with that server's
   * port. Says nothing of whether a program listens.
   *
   * @throws IllegalArgumentException if the port is not 1 to 65535
   */
  public String host(int port) {
    return facts.hosts().host(sandboxId(), port);
  }

  /** {@link #host} as an address, with {@code https} except where the server is local. */
  public URI url(int port) {
    return facts.hosts().url(sandboxId(), port);
  }

  /**
   * The secret that requests to a port must carry in {@link #TRAFFIC_TOKEN_HEADER} if the sandbox
   * was created with {@code allowPublicTraffic} false; empty if all may come.
   */
  public Optional<String> trafficAccessToken() {
    return facts.trafficToken();
  }

  /**
   * The same sandbox as another Linux user, {@code root} included: this is a choice, not a login.
   *
   * @throws IllegalArgumentException if that can't be the name of a Linux user
   */
  public Sandbox withUser(String linuxUser) {
    return new Sandbox(client, envd.withUser(linuxUser), facts, Optional.of(linuxUser));
  }

  /** Whether {@link #withUser} takes this for the name of a Linux user; numbers are none. */
  public static boolean isLinuxUser(String name) {
    return Envd.LINUX_USER.matcher(name).matches();
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

  /** Lets it live at least this long from now; see {@link E2bClient#refresh}. */
  public void refresh(Duration duration) {
    client.refresh(sandboxId(), duration);
  }

  /**
   * Pauses it; see {@link E2bClient#pause}. This handle does not wake it: connect again for one
   * that does.
   */
  public boolean pause() {
    return client.pause(sandboxId());
  }

  /** Pauses it with or without its memory; see {@link E2bClient#pause(String, boolean)}. */
  public boolean pause(boolean keepMemory) {
    return client.pause(sandboxId(), keepMemory);
  }

  /**
   * Whether it answers: asks its envd, with no need of the API, and does not wake a sandbox that
   * was created without auto-resume.
   *
   * @return false if the way in says that it is not there or paused, or that its envd is not: that
   *     is no proof that it is gone, which {@link #info()} alone gives
   * @throws SandboxUnavailableException if it is being paused or resumed
   * @throws E2bException if the way in does not answer
   */
  public boolean isRunning() {
    return envd.answers();
  }

  /**
   * One copy of it, which runs at once; see {@link E2bClient#fork}.
   *
   * @param timeout how long the copy lives from now
   * @throws RateLimitedException if the quota of running sandboxes is used up
   */
  public Sandbox fork(Duration timeout) {
    return client.fork(sandboxId(), timeout, 1).get(0).sandbox();
  }

  /**
   * A job that outlives connections and callers, by its folder in the sandbox; nothing is called
   * until it is used.
   *
   * @param folder absolute; the job's own, and its name: who asks with the same folder means the
   *     same job
   */
  public DurableJob job(String folder) {
    return new DurableJob(this, folder, E2bClient.SLEEP);
  }

  /** Replaces what it may reach; see {@link E2bClient#updateNetwork}. */
  public void updateNetwork(SandboxNetwork network) {
    client.updateNetwork(sandboxId(), network);
  }

  /** Copies it while it runs; see {@link Snapshots#create}. */
  public Snapshot snapshot() {
    return client.snapshots().create(sandboxId());
  }

  @Override
  public String toString() {
    return "Sandbox[%s, template=%s, user=%s]"
        .formatted(sandboxId(), facts.template(), user.orElse("default"));
  }
}
