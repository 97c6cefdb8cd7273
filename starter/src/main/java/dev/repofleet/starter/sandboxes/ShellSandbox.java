package dev.repofleet.starter.sandboxes;

import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.NotFoundException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.e2b.SandboxNotFoundException;
import dev.repofleet.e2b.SandboxSpec;
import dev.repofleet.e2b.SandboxState;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.render.PlainText;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The sandbox that a person is in: one of its own, which ends with it, or one that is there, which
 * stays. It lives on for as long as the person is in it, and no longer than {@link #LIFE} when this
 * process is killed. Thread-safe; closed by who opened it.
 */
final class ShellSandbox implements AutoCloseable {
  /** How long it lives without this process. */
  static final Duration LIFE = Duration.ofMinutes(5);

  /** Twice within a life, so that one lost request ends nothing. */
  private static final Duration BETWEEN_REFRESHES = Duration.ofMinutes(2);

  /** What a running one is left at the least when it is only looked up; E2B's smallest step. */
  private static final Duration LEAST = Duration.ofSeconds(15);

  private final E2bClient client;
  private final Sandbox sandbox;
  private final boolean own;
  private final ScheduledExecutorService refreshes =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "repofleet-shell-refresh");
            thread.setDaemon(true);
            return thread;
          });

  private ShellSandbox(E2bClient client, Sandbox sandbox, boolean own) {
    this.client = client;
    this.sandbox = sandbox;
    this.own = own;
    long period = BETWEEN_REFRESHES.toSeconds();
    var unused = refreshes.scheduleAtFixedRate(this::refresh, 0, period, TimeUnit.SECONDS);
  }

  /**
   * Creates one, which {@link #close} kills.
   *
   * @throws CommandException with exit code 2 when there is no such template, with 5 when E2B does
   *     not create one
   */
  static ShellSandbox create(E2bClient client, String template) {
    try {
      SandboxSpec spec = SandboxSpec.builder().template(template).timeout(LIFE).build();
      return new ShellSandbox(client, client.create(spec), true);
    } catch (NotFoundException e) {
      throw CommandException.wrongUse(
          "there is no template '"
              + PlainText.of(template, 80)
              + "' in this account; `repofleet template build` makes one");
    } catch (E2bException e) {
      throw CommandException.unreachable(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Takes one that is there.
   *
   * @param resume whether one that is paused may be brought back
   * @throws CommandException with exit code 2 when there is none of this id, or it is paused and
   *     may not be brought back, with 5 when E2B does not say
   */
  static ShellSandbox of(E2bClient client, String sandboxId, boolean resume) {
    try {
      SandboxInfo info = client.get(sandboxId);
      if (info.state() == SandboxState.PAUSED && !resume) {
        throw CommandException.wrongUse(
            "sandbox "
                + info.sandboxId()
                + " is paused: --resume brings it back, as it was, and it counts as running again");
      }
      return new ShellSandbox(client, client.connect(info.sandboxId(), LEAST), false);
    } catch (SandboxNotFoundException e) {
      throw CommandException.wrongUse(
          "there is no sandbox " + PlainText.of(sandboxId, 80) + "; `sandboxes list` shows them");
    } catch (IllegalArgumentException e) {
      throw CommandException.wrongUse(String.valueOf(e.getMessage()));
    } catch (E2bException e) {
      throw CommandException.unreachable(String.valueOf(e.getMessage()), e);
    }
  }

  Sandbox sandbox() {
    return sandbox;
  }

  /** Whether it ends with this object. */
  boolean own() {
    return own;
  }

  /** Never throws: what can't be prolonged any more ends, and its stream says so. */
  private void refresh() {
    try {
      client.refresh(sandbox.sandboxId(), LIFE);
    } catch (E2bException notProlonged) {
      return;
    }
  }

  /**
   * Says what became of it, after it could not be reached: a clause. Never throws.
   *
   * @param failure why it could not be reached
   */
  String fate(E2bException failure) {
    String name = "sandbox " + sandbox.sandboxId();
    try {
      return client.get(sandbox.sandboxId()).state() == SandboxState.PAUSED
          ? name + " was paused meanwhile; `sandboxes shell --resume` brings it back"
          : name + " runs, but its shell can't be reached any more: " + failure.getMessage();
    } catch (SandboxNotFoundException e) {
      return name + " was ended meanwhile, by its time limit or by somebody";
    } catch (E2bException e) {
      return name + " can't be reached any more: " + failure.getMessage();
    }
  }

  /** Kills it if it is its own; never throws. */
  @Override
  public void close() {
    refreshes.shutdownNow();
    if (!own) {
      return;
    }
    try {
      sandbox.kill();
    } catch (E2bException notKilled) {
      // It ends by itself within its life.
      return;
    }
  }
}
