package dev.repofleet.starter.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.BatchFiles;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.command.LocalStack;
import dev.repofleet.starter.command.Pause;
import dev.repofleet.starter.server.TemporalAwayException;
import dev.repofleet.starter.testing.GitRepository;
import dev.repofleet.starter.testing.RehearsalStack;
import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.client.BatchWorkflows;
import dev.repofleet.workflows.client.TemporalConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code delete} against a real server, a real store, and reviews of the rehearsal agent. */
@Order(1)
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class DeleteBatchIT {
  private static final Pattern OBJECT = Pattern.compile("artifact:objects/../[0-9a-f]{64}");

  private static @Nullable LocalStack stack;

  @TempDir Path folder = Path.of("");
  private TestProgram program = new TestProgram(folder);
  private Map<String, String> environment = Map.of();
  private @Nullable ArtifactStore opened;

  @BeforeAll
  static void startTheStack(@TempDir Path data) {
    stack = RehearsalStack.open(data.resolve("data"));
  }

  @AfterAll
  static void stopTheStack() {
    if (stack != null) {
      stack.close();
    }
  }

  @BeforeEach
  void useTheStack() throws IOException {
    program = new TestProgram(folder);
    environment = new HashMap<>(Objects.requireNonNull(stack).environment());
    environment.put("TEMPORAL_NAMESPACE", "default");
    environment.forEach(program::with);
    opened = ArtifactStores.open(environment.getOrDefault("REPOFLEET_ARTIFACTS", ""));
    RehearsalStack.writeAskingPlan(folder);
    GitRepository.init(folder.resolve("app"))
        .write("app.py", "import yaml\n\n\ndef read(s):\n    return yaml.load(s)\n")
        .commit("first");
  }

  private ArtifactStore store() {
    return Objects.requireNonNull(opened);
  }

  private TestProgram.Outcome run(String... arguments) {
    return program.run(arguments);
  }

  /** When what was stored just now is old enough. */
  private static Instant later() {
    return Instant.now().plus(Duration.ofHours(2));
  }

  private void reviewed(String batch) {
    TestProgram.Outcome outcome =
        run("review", "--agent", "rehearsal", "--plan", "security", "--batch", batch, "app");
    assertThat(outcome.exit()).as(outcome.err()).isZero();
  }

  private TestProgram.Outcome followedUp(String batch) {
    return run("follow-up", batch, "app", "Mark what you have found once more.");
  }

  /** What is stored under the batch's name. */
  private Set<String> named(String batch) {
    Set<String> all = new TreeSet<>();
    for (String top : List.of("batches/", "reviews/", "checkpoints/")) {
      all.addAll(store().list(top + batch));
    }
    return all;
  }

  /** The objects that the batch's documents refer to. */
  private Set<String> objects(String batch) {
    return named(batch).stream()
        .filter(uri -> !uri.endsWith(".gz") && !uri.endsWith(".patch"))
        .map(uri -> new String(store().read(uri, 1 << 24), StandardCharsets.UTF_8))
        .flatMap(text -> OBJECT.matcher(text).results().map(found -> found.group()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void assertNothingLeft(String batch, Set<String> keys, Set<String> objects) {
    assertThat(named(batch)).isEmpty();
    Path root = Path.of(environment.getOrDefault("REPOFLEET_ARTIFACTS", ""));
    for (String top : List.of("batches", "reviews", "checkpoints")) {
      assertThat(root.resolve(top).resolve(batch)).doesNotExist();
    }
    assertThat(objects).isNotEmpty().noneMatch(store()::exists);
    try (TemporalConnection connection = TemporalConnection.open(environment)) {
      BatchWorkflows workflows = new BatchWorkflows(connection.client());
      Waiting.until(
          "the server has forgotten " + batch,
          Waiting.LONG,
          () -> workflows.find(batch, keys).equals(new BatchWorkflows.Found(Set.of(), Set.of())));
    }
    assertThat(run("status", batch).exit()).isEqualTo(2);
  }

  private Set<String> keys(String batch) {
    return new TreeSet<>(store().folders("reviews/" + batch));
  }

  @Test
  void a_batch_goes_when_it_has_ended_and_one_that_shares_its_bundle_stays_whole()
      throws InterruptedException {
    assertThat(
            run(
                    "review",
                    "--agent",
                    "rehearsal",
                    "--plan",
                    "asking.yaml",
                    "--batch",
                    "first",
                    "--detach",
                    "app")
                .exit())
        .isZero();
    Waiting.until(
        "it waits for a person",
        Waiting.LONG,
        () -> run("status", "first").out().contains("waits"));

    program.at(later());
    TestProgram.Outcome refused = run("delete", "first");
    assertThat(refused.exit()).as(refused.err()).isEqualTo(2);
    assertThat(refused.err()).contains("batch first still runs", "`repofleet cancel first`");
    assertThat(store().exists(ArtifactUri.of("batches/first/deleting.json"))).isFalse();
    assertThat(run("approve", "first", "app").exit()).isZero();
    Waiting.until(
        "it has ended", Waiting.LONG, () -> run("status", "first").out().contains("complete"));
    TestProgram.Outcome watched = run("watch", "first");
    assertThat(watched.exit()).as(watched.err()).isZero();

    TestProgram.Outcome late = followedUp("first");
    assertThat(late.exit()).as(late.err()).isZero();
    reviewed("second");
    Set<String> shared = objects("first");
    Set<String> alone = new TreeSet<>(shared);
    alone.removeAll(objects("second"));
    shared.retainAll(objects("second"));
    assertThat(shared).as("the bundle at least").isNotEmpty();
    Set<String> keys = keys("first");
    Set<String> before = named("first");
    assertThat(run("open", "first").exit()).isZero();
    Path page = folder.resolve("data/reports/first");
    assertThat(page.resolve("report.html")).exists();

    TestProgram.Outcome dry = run("delete", "first", "--dry-run", "--json");
    assertThat(dry.exit()).as(dry.err()).isZero();
    JsonNode would = ArtifactJson.read(dry.out(), JsonNode.class, "the line");
    assertThat(would.path("files").asInt()).isEqualTo(before.size());
    assertThat(would.path("objects").asInt()).isEqualTo(alone.size());
    assertThat(would.path("objectsShared").asInt()).isEqualTo(shared.size());
    assertThat(would.path("workflows").asInt()).as("a batch, a review, a follow-up").isEqualTo(3);
    assertThat(named("first")).isEqualTo(before);
    assertThat(page.resolve("report.html")).exists();

    TestProgram.Outcome deleted = run("delete", "first");
    assertThat(deleted.exit()).as(deleted.err()).isZero();
    assertThat(deleted.out())
        .contains("Batch first is deleted: " + before.size() + " files (", "3 workflow runs");
    assertThat(deleted.err()).contains("other batches refer to them");
    assertNothingLeft("first", keys, alone);
    assertThat(page).doesNotExist();
    assertThat(run("delete", "first").err()).contains("there is no batch 'first'");

    assertThat(objects("second")).allMatch(store()::exists);
    assertThat(run("report", "second").out()).contains("Status: **complete**", "app.py");
    TestProgram.Outcome onTheOther = followedUp("second");
    assertThat(onTheOther.exit()).as(onTheOther.err()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7})
  void what_was_stopped_in_the_middle_is_gone_on_with(int deletions) throws InterruptedException {
    String batch = "stopped-" + deletions;
    reviewed(batch);
    Set<String> keys = keys(batch);
    Set<String> objects = objects(batch);
    try (TemporalConnection connection = TemporalConnection.open(environment)) {
      BatchDeletion dying =
          new BatchDeletion(
              connection,
              new BatchRecords(failingAfter(deletions), batch),
              Clock.fixed(later(), ZoneOffset.UTC),
              Pause.SLEEPING);
      assertThatThrownBy(() -> dying.run(false)).isInstanceOf(ArtifactException.class);
    }
    assertThat(named(batch)).contains(ArtifactUri.of("batches/" + batch + "/manifest.jsonl"));
    TestProgram.Outcome refused = followedUp(batch);
    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.err()).contains("batch " + batch + " is being deleted");

    program.at(later());
    TestProgram.Outcome again = run("delete", batch);
    assertThat(again.exit()).as(again.err()).isZero();
    objects.removeIf(this::sharedByOthers);
    assertNothingLeft(batch, keys, objects);
  }

  @Test
  void a_second_call_takes_back_no_mark_but_its_own() {
    reviewed("twice");
    Instant began = later();
    assertThatThrownBy(() -> deletionCutOffAtTheMark("twice", began).run(false))
        .isInstanceOf(TemporalAwayException.class);
    assertThat(store().exists(ArtifactUri.of(ArtifactPaths.deleting("twice")))).isFalse();

    new BatchFiles(store(), "twice").mark(began);
    assertThatThrownBy(() -> deletionCutOffAtTheMark("twice", began).run(false))
        .isInstanceOf(TemporalAwayException.class);
    assertThat(followedUp("twice").err()).contains("batch twice is being deleted");
    program.at(began);
    assertThat(run("delete", "twice").exit()).isZero();
  }

  /** Whose server goes away when it has marked the batch. */
  private BatchDeletion deletionCutOffAtTheMark(String batch, Instant now) {
    TemporalConnection connection = TemporalConnection.open(environment);
    ArtifactStore cutting =
        told(
            method -> {
              if (method.equals("createNamed")) {
                connection.close();
              }
            });
    return new BatchDeletion(
        connection,
        new BatchRecords(cutting, batch),
        Clock.fixed(now, ZoneOffset.UTC),
        Pause.SLEEPING);
  }

  private boolean sharedByOthers(String object) {
    return store().folders("batches").stream().anyMatch(batch -> objects(batch).contains(object));
  }

  /** As the process's end would: nothing more is deleted after so many artifacts. */
  private ArtifactStore failingAfter(int deletions) {
    AtomicInteger left = new AtomicInteger(deletions);
    return told(
        method -> {
          if (method.equals("delete") && left.getAndDecrement() <= 0) {
            throw new ArtifactException("the store is gone", null);
          }
        });
  }

  /** The store, which says what it is about to do, by the method's name. */
  private ArtifactStore told(Consumer<String> before) {
    return (ArtifactStore)
        Proxy.newProxyInstance(
            ArtifactStore.class.getClassLoader(),
            new Class<?>[] {ArtifactStore.class},
            (proxy, method, arguments) -> {
              before.accept(method.getName());
              try {
                return method.invoke(store(), arguments);
              } catch (InvocationTargetException e) {
                throw Objects.requireNonNull(e.getCause());
              }
            });
  }

  @Test
  void a_batch_that_somebody_is_just_going_on_with_stays() {
    reviewed("retried");
    Set<String> keys = keys("retried");
    Set<String> objects = objects("retried");
    store().putNamed(ArtifactPaths.reopened("retried"), "{}".getBytes(StandardCharsets.UTF_8));

    program.at(Instant.now());
    TestProgram.Outcome refused = run("delete", "retried");
    assertThat(refused.exit()).as(refused.err()).isEqualTo(2);
    assertThat(refused.err())
        .contains(
            "batch retried was gone on with less than a minute ago, and may be about to start");

    program.at(later());
    assertThat(run("delete", "retried").exit()).isZero();
    objects.removeIf(this::sharedByOthers);
    assertNothingLeft("retried", keys, objects);
  }

  @Test
  void a_batch_that_may_run_on_another_server_is_not_deleted_at_this_one() {
    reviewed("elsewhere");
    Path root = Path.of(environment.getOrDefault("REPOFLEET_ARTIFACTS", ""));
    try {
      Files.createDirectories(root.resolve("batches/other"));
      Files.copy(
          root.resolve("batches/elsewhere/manifest.jsonl"),
          root.resolve("batches/other/manifest.jsonl"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    program.at(Instant.now());
    TestProgram.Outcome refused = run("delete", "other");
    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.err()).contains("it may run on another server");
    program.at(Instant.now().plus(Duration.ofDays(2)));
    assertThat(run("delete", "other").exit()).isZero();
    assertThat(named("other")).isEmpty();
    assertThat(run("delete", "never").err()).contains("there is no batch 'never'");
    TestProgram.Outcome wrongStore =
        new TestProgram(folder)
            .with("TEMPORAL_ADDRESS", environment.getOrDefault("TEMPORAL_ADDRESS", ""))
            .with("REPOFLEET_ARTIFACTS", folder.resolve("another").toString())
            .run("delete", "elsewhere");
    assertThat(wrongStore.exit()).as(wrongStore.err()).isEqualTo(5);
    assertThat(wrongStore.err()).contains("set REPOFLEET_ARTIFACTS to the one it was started with");
  }
}
