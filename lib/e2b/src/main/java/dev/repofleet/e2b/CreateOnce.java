package dev.repofleet.e2b;

import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;

/**
 * Creates a sandbox unless one with its label is there, and looks again where an answer was lost.
 * Thread-safe.
 */
final class CreateOnce {
  /** Lists lag behind creates by seconds: after this a lost one shows up. */
  private static final int LOOKS = 5;

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
  private static final int SERVER_ERROR = 500;

  private final E2bClient client;
  private final Pause pause;

  CreateOnce(E2bClient client, Pause pause) {
    this.client = client;
    this.pause = pause;
  }

  Sandbox create(SandboxSpec spec, String label) {
    SandboxQuery query = query(spec, label);
    Optional<Sandbox> there = find(query, spec);
    if (there.isPresent()) {
      return there.get();
    }
    try {
      return client.create(spec);
    } catch (E2bException e) {
      if (!mayExist(e)) {
        throw e;
      }
      return afterLostAnswer(e, query, spec);
    }
  }

  private static SandboxQuery query(SandboxSpec spec, String label) {
    String value = spec.metadata().get(label);
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException(
          "the metadata of the sandbox has no \"%s\" to find it by".formatted(label));
    }
    return SandboxQuery.builder().metadata(label, value).build();
  }

  private Sandbox afterLostAnswer(E2bException lost, SandboxQuery query, SandboxSpec spec) {
    try {
      for (int look = 0; look < LOOKS; look++) {
        pause.pause(BETWEEN_LOOKS);
        Optional<Sandbox> there = find(query, spec);
        if (there.isPresent()) {
          return there.get();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      E2bInterruptedException interrupted =
          new E2bInterruptedException("interrupted while looking for a created sandbox", e);
      interrupted.addSuppressed(lost);
      throw interrupted;
    } catch (E2bException e) {
      lost.addSuppressed(e);
    }
    throw lost;
  }

  /** The oldest of those with the label, so that all who look find the same. */
  private Optional<Sandbox> find(SandboxQuery query, SandboxSpec spec) {
    Optional<SandboxInfo> oldest =
        client.list(query).stream()
            .min(
                Comparator.comparing(SandboxInfo::startedAt).thenComparing(SandboxInfo::sandboxId));
    if (oldest.isEmpty()) {
      return Optional.empty();
    }
    try {
      Sandbox sandbox = client.connect(oldest.get().sandboxId(), spec.timeout());
      if (!spec.mcp().isEmpty() && !sandbox.mcp().isStarted()) {
        sandbox.mcp().start(spec.mcp());
      }
      return Optional.of(sandbox);
    } catch (SandboxNotFoundException e) {
      // It ended between the two calls.
      return Optional.empty();
    }
  }

  private static boolean mayExist(E2bException e) {
    return (e instanceof E2bTransportException transport && transport.mayHaveBeenAccepted())
        || e instanceof E2bProtocolException
        || (e instanceof E2bStatusException status && status.status() >= SERVER_ERROR);
  }
}
