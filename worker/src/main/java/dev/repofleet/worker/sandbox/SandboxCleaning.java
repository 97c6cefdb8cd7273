package dev.repofleet.worker.sandbox;

import dev.repofleet.e2b.CommandResult;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.NotFoundException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.connection.SandboxConnections;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.git.ShippedScript;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cleans a sandbox whose lease ends, so that its repository's next may use it. Stateless. */
public final class SandboxCleaning {
  private static final Logger log = LoggerFactory.getLogger(SandboxCleaning.class);

  /** A large repository takes seconds to delete. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final Duration GRACE = Duration.ofSeconds(15);
  private static final int ANOTHERS = 71;

  /** Of the leases that are over: a line of some 100 bytes for each. */
  private static final int MAX_LIST = 4 << 20;

  /** How it ended. */
  enum Result {
    /** Nothing of the lease is left in it: now, or since an earlier attempt. */
    CLEANED,
    /** It was cleaned before, and another lease has it now: nothing was touched. */
    ANOTHERS,
    /** It can't be used again. */
    FAILED
  }

  private SandboxCleaning() {}

  /**
   * Whether it has been cleaned of a lease for good, so that the lease is over in it.
   *
   * @throws E2bException as reading a file throws
   */
  static boolean isOver(Sandbox sandbox, String lease) {
    try {
      byte[] cleaned =
          sandbox
              .withUser(SandboxLayout.ROOT)
              .files()
              .read(SandboxLayout.STATE + "/cleaned", MAX_LIST);
      return new String(cleaned, StandardCharsets.UTF_8).lines().anyMatch(lease::equals);
    } catch (NotFoundException e) {
      return false;
    }
  }

  /**
   * Whether a lease has given a sandbox back, so that it is the pool's or another lease's now,
   * whatever its labels say. Wakes it.
   *
   * @throws E2bException as connecting and reading a file throw
   */
  public static boolean wasReturned(E2bClient client, String sandboxId, String lease) {
    return isOver(SandboxConnections.connect(client, sandboxId, SandboxCreation.UNCLAIMED), lease);
  }

  /**
   * Takes the fence away first, then ends the agent's processes and deletes its files. A lease
   * cleans a sandbox once; repeating it, however late, changes nothing.
   *
   * @param lease that ends: names it in the sandbox for ever
   * @throws E2bException when its answer does not come: it may go on in the sandbox
   */
  static Result clean(Sandbox sandbox, String lease) {
    CommandResult result =
        sandbox
            .withUser(SandboxLayout.ROOT)
            .commands()
            .run(
                ShippedScript.CLEAN
                    .command(LIMIT, List.of())
                    .env("RF_FOLDER", SandboxLayout.STATE)
                    .env("RF_LEASE", lease)
                    .env("RF_USER", SandboxLayout.AGENT_USER)
                    .env("RF_HOME", SandboxLayout.HOME)
                    .timeout(LIMIT.plus(GRACE))
                    .build());
    if (result.exitCode() == 0) {
      return Result.CLEANED;
    }
    if (result.exitCode() == ANOTHERS) {
      log.warn("{} is another lease's now: {} leaves it alone", sandbox.sandboxId(), lease);
      return Result.ANOTHERS;
    }
    log.info(
        "{} can't be used again (exit {}): {}",
        sandbox.sandboxId(),
        result.exitCode(),
        result.stderr().strip());
    return Result.FAILED;
  }
}
