package dev.repofleet.worker.git;

import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.workflows.activities.git.ResolveOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code git ls-remote}. Immutable, thread-safe; blocks. */
final class LsRemote {
  private static final Duration LIMIT = Duration.ofSeconds(45);

  /** Some 800,000 refs. */
  private static final long MAX_OUTPUT = 64L << 20;

  private final KnownSecrets secrets;
  private final Duration limit;

  LsRemote(KnownSecrets secrets) {
    this(secrets, LIMIT);
  }

  LsRemote(KnownSecrets secrets, Duration limit) {
    this.secrets = secrets;
    this.limit = limit;
  }

  /**
   * Asks the host which commit a ref is.
   *
   * @param ref short or full name, or a commit; absent means the default branch
   * @throws io.temporal.failure.ApplicationFailure by the table of Git's failures
   */
  ResolveOutcome resolve(GitRemote remote, @Nullable String ref) {
    try (GitProgram git = new GitProgram(() -> {})) {
      GitProgram.Answer answer =
          git.run(
              new GitProgram.Command(
                  List.of("ls-remote", "--quiet", "--symref", "--", remote.url()),
                  Map.of(),
                  limit,
                  MAX_OUTPUT),
              remote);
      if (answer.exitCode() != 0) {
        throw GitFailures.of(remote, answer.err(), answer.retryAfter(), remote.with(secrets));
      }
      try (InputStream told = Files.newInputStream(answer.out())) {
        return RefAdvertisement.read(told, ref).resolve(remote);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "what git told of "
              + remote.name()
              + " can't be read in "
              + System.getProperty("java.io.tmpdir")
              + ": the worker needs rights and room there",
          e);
    }
  }
}
