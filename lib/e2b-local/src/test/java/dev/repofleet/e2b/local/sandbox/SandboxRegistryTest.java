package dev.repofleet.e2b.local.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.e2b.local.FakeSandboxes;
import dev.repofleet.e2b.local.MutableClock;
import dev.repofleet.e2b.local.wire.ApiException;
import dev.repofleet.e2b.local.wire.HttpReply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SandboxRegistryTest {
  private final MutableClock clock = new MutableClock();
  private final FakeSandboxes fakes = new FakeSandboxes(clock);
  private final SandboxRegistry registry =
      new SandboxRegistry(fakes, clock, 2, new CreateRateLimit(OptionalDouble.empty(), clock));

  private Sandbox create(boolean autoPause) throws Exception {
    return registry.create(
        new NewSandbox(
            "base",
            Duration.ofSeconds(60),
            Map.of(),
            Map.of(),
            new Lifecycle(autoPause, true, false),
            NetworkRules.none(),
            true));
  }

  private void evict() {
    registry.evictExpired(Runnable::run);
  }

  @Test
  void aSandboxIsKilledWhenItsTimeIsOverAndNotBefore() throws Exception {
    Sandbox sandbox = create(false);
    clock.advance(Duration.ofSeconds(59));
    evict();
    assertThat(registry.find(sandbox.id())).isPresent();
    clock.advance(Duration.ofSeconds(1));
    evict();
    assertThat(registry.find(sandbox.id())).isEmpty();
    assertThat(fakes.calls).containsExactly("start", "destroy", "discard");
  }

  @Test
  void withAutoPauseItIsPausedAndConnectResumesItWithANewStart() throws Exception {
    Sandbox sandbox = create(true);
    clock.advance(Duration.ofSeconds(60));
    evict();
    assertThat(sandbox.state()).isEqualTo(SandboxState.PAUSED);
    clock.advance(Duration.ofHours(30));
    evict();
    assertThat(registry.connect(sandbox.id(), Duration.ofSeconds(10), true)).isTrue();
    assertThat(sandbox.startedAt()).isEqualTo(clock.instant());
    assertThat(sandbox.endAt()).isEqualTo(clock.instant().plusSeconds(10));
    assertThat(fakes.calls).containsExactly("start", "freeze", "thaw");
  }

  @Test
  void oneThatCouldNotBeEndedForLackOfThreadsIsEndedAtTheNextLook() throws Exception {
    Sandbox sandbox = create(false);
    Sandbox other = create(true);
    clock.advance(Duration.ofSeconds(60));
    registry.evictExpired(
        task -> {
          throw new OutOfMemoryError("unable to create native thread");
        });
    assertThat(List.of(sandbox, other))
        .extracting(Sandbox::state)
        .containsOnly(SandboxState.RUNNING);
    evict();
    assertThat(registry.find(sandbox.id())).isEmpty();
    assertThat(other.state()).isEqualTo(SandboxState.PAUSED);
  }

  @Test
  void aPausedOneThatIsBeingCopiedStaysForTheNextServer() throws Exception {
    fakes.keeps = true;
    Sandbox sandbox = create(true);
    Sandbox running = create(false);
    registry.pause(sandbox.id(), true);
    AtomicReference<Set<String>> lost = new AtomicReference<>(Set.of());
    Executor withoutThreads =
        task -> {
          throw new OutOfMemoryError("unable to create native thread");
        };
    fakes.whileCopying = () -> lost.set(registry.close(withoutThreads, Duration.ofSeconds(1)));
    registry.copyFiles(sandbox.id(), Path.of("copy"));
    assertThat(lost.get()).containsExactly(running.id());
    assertThat(fakes.isKept(sandbox)).isTrue();
    assertThat(fakes.calls).containsOnlyOnce("discard");
  }

  @Test
  void connectOnlyExtendsWhileSetTimeoutAlsoShortens() throws Exception {
    Sandbox sandbox = create(false);
    assertThat(registry.connect(sandbox.id(), Duration.ofSeconds(5), true)).isFalse();
    assertThat(sandbox.endAt()).isEqualTo(clock.instant().plusSeconds(60));
    registry.setTimeout(sandbox.id(), Duration.ofSeconds(5));
    assertThat(sandbox.endAt()).isEqualTo(clock.instant().plusSeconds(5));
    registry.refresh(sandbox.id(), Duration.ZERO);
    assertThat(sandbox.endAt()).isEqualTo(clock.instant().plusSeconds(15));
  }

  @Test
  void aRunEndsAfterADayWhateverIsAskedFor() throws Exception {
    Sandbox sandbox = create(false);
    registry.setTimeout(sandbox.id(), Duration.ofHours(24));
    clock.advance(Duration.ofHours(23));
    registry.setTimeout(sandbox.id(), Duration.ofHours(5));
    assertThat(sandbox.endAt()).isEqualTo(clock.instant().plus(Duration.ofHours(1)));
    clock.advance(Duration.ofHours(1));
    assertThatThrownBy(() -> registry.setTimeout(sandbox.id(), Duration.ofHours(1)))
        .hasMessage("Max instance length exceeded");
  }

  @Test
  void theQuotaCountsRunningOnesAndIsAskedAgainAtResume() throws Exception {
    Sandbox first = create(true);
    create(true);
    assertThatThrownBy(() -> create(true))
        .hasMessageContaining("maximum number of concurrent E2B sandboxes (2)")
        .satisfies(
            refused -> {
              HttpReply reply = ((ApiException) refused).reply();
              assertThat(reply.status()).isEqualTo(429);
              assertThat(reply.headers()).doesNotContainKey("Retry-After");
            });
    registry.pause(first.id(), true);
    create(true);
    assertThatThrownBy(() -> registry.connect(first.id(), Duration.ofSeconds(1), true))
        .hasMessageContaining("maximum number of concurrent");
  }

  @Test
  void pausingTwiceIsAConflictAndKillingTwiceFindsNothing() throws Exception {
    Sandbox sandbox = create(false);
    registry.pause(sandbox.id(), true);
    assertThatThrownBy(() -> registry.pause(sandbox.id(), true))
        .hasMessageContaining("already paused");
    assertThat(registry.kill(sandbox.id())).isTrue();
    assertThat(registry.kill(sandbox.id())).isFalse();
  }

  @Test
  void afterClosingNothingRunsAndNothingStarts() throws Exception {
    create(false);
    registry.close(Runnable::run, Duration.ofSeconds(1));
    assertThat(registry.all()).isEmpty();
    assertThatThrownBy(() -> create(false)).hasMessageContaining("shutting down");
  }

  @Test
  void theCreateRateRefusesWithRetryAfterAndRefills() {
    CreateRateLimit limit = new CreateRateLimit(OptionalDouble.of(1), clock);
    limit.acquire();
    assertThatThrownBy(limit::acquire)
        .hasMessage("Rate limit exceeded")
        .satisfies(
            refused ->
                assertThat(((ApiException) refused).reply().headers())
                    .containsEntry("Retry-After", "1"));
    clock.advance(Duration.ofSeconds(1));
    limit.acquire();
  }
}
