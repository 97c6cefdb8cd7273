package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.e2b.SandboxQuery;
import dev.repofleet.starter.embedded.SeparateTemporal;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.TemporalConnection;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.ResetWorkflowExecutionRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A fleet whose parts know each other by environment variables alone: a Temporal server, a sandbox
 * server, workers, each a process of its own, with one artifact store.
 */
public final class SeparateFleet implements AutoCloseable {

  private static final Pattern EXPORT = Pattern.compile("(?m)^export (\\w+)='?([^'\n]*)'?$");
  private static final Pattern METRICS = Pattern.compile("Metrics at (http://\\S+/metrics)");

  private final FleetProcesses processes;
  private final Path folder;
  private final Map<String, String> model;
  private final SeparateTemporal temporal;
  private final Map<String, String> environment = new HashMap<>();

  /** A worker, its metrics, and the name it has in histories. */
  public record Worker(FleetProcess process, URI metrics) {
    /** Whether this is its name in histories. */
    public boolean is(String identity) {
      return identity.startsWith(process.pid() + "@");
    }
  }

  /**
   * Starts server and sandboxes.
   *
   * @param model the model's variables, which workers alone get
   */
  public SeparateFleet(String test, Path folder, Path claude, Map<String, String> model) {
    this(test, folder, model);
    try {
      startSandboxes(claude);
    } catch (AssertionError failed) {
      close();
      throw failed;
    }
  }

  /** The same without a model, with the sandboxes of an account that stays its owner's to close. */
  public SeparateFleet(String test, Path folder, LocalAccount account) {
    this(test, folder, account, Map.of());
  }

  /**
   * The same.
   *
   * @param variables which workers alone get
   */
  public SeparateFleet(
      String test, Path folder, LocalAccount account, Map<String, String> variables) {
    this(test, folder, variables);
    environment.putAll(account.environment());
  }

  private SeparateFleet(String test, Path folder, Map<String, String> model) {
    this.processes = new FleetProcesses(test);
    this.folder = folder;
    this.model = Map.copyOf(model);
    this.temporal = SeparateTemporal.start(folder);
    environment.putAll(temporal.environment());
    environment.put("REPOFLEET_ARTIFACTS", folder.resolve("artifacts").toString());
    environment.put("REPOFLEET_DATA", folder.resolve("data").toString());
  }

  private void startSandboxes(Path claude) {
    FleetProcess sandboxes =
        processes.start(
            "sandboxes",
            folder,
            Map.of(
                "REPOFLEET_CLAUDE", claude.toString(),
                "REPOFLEET_DATA", folder.resolve("data").toString()),
            "sandboxes",
            "serve",
            "--port",
            "0");
    sandboxes.awaitErr(Pattern.compile("Sandboxes at "), Waiting.LONG);
    Matcher export = EXPORT.matcher(sandboxes.out());
    while (export.find()) {
      environment.put(export.group(1), export.group(2));
    }
    assertThat(environment).containsKeys("E2B_API_KEY", "E2B_API_URL", "E2B_SANDBOX_URL");
  }

  /** A variable that every part gets which is started from now on. */
  public void set(String name, String value) {
    environment.put(name, value);
  }

  /** What a client of this fleet has in its environment: no model. */
  public Map<String, String> environment() {
    return Map.copyOf(environment);
  }

  /** The sandboxes' key. */
  public String key() {
    return environment.getOrDefault("E2B_API_KEY", "");
  }

  /** A client's connection. */
  public TemporalConnection temporal() {
    return temporal.connection();
  }

  /** Runs a command of the program in the fleet's folder; returns at once. */
  public FleetProcess start(String name, String... arguments) {
    return start(name, Map.of(), arguments);
  }

  /** The same with more variables. */
  public FleetProcess start(String name, Map<String, String> more, String... arguments) {
    Map<String, String> with = new HashMap<>(environment);
    with.putAll(more);
    return processes.start(name, folder, with, arguments);
  }

  /** The same as from a terminal: to be interrupted. */
  public FleetProcess startInForeground(String name, String... arguments) {
    return processes.startInForeground(name, folder, environment, arguments);
  }

  /** Starts a worker that follows so many agents at once, and returns at once. */
  public FleetProcess launchWorker(String name, int concurrency) {
    return launchWorker(name, concurrency, Map.of());
  }

  /** The same with more variables, which come before the fleet's. */
  public FleetProcess launchWorker(String name, int concurrency, Map<String, String> more) {
    Map<String, String> with = new HashMap<>(environment);
    with.putAll(model);
    with.putAll(more);
    String most = Integer.toString(concurrency);
    return processes.start(
        name, folder, with, "worker", "--metrics-port", "0", "--concurrency", most);
  }

  /** Proxies for one worker, uncut. */
  public WorkerLinks links(String worker) {
    int sandboxes = URI.create(environment.getOrDefault("E2B_API_URL", "")).getPort();
    return new WorkerLinks(
        new CuttingProxy(worker + "-temporal", temporal.port()),
        new CuttingProxy(worker + "-sandboxes", sandboxes));
  }

  /** Blocks until a worker that was launched polls. */
  public Worker polling(FleetProcess launched) {
    launched.awaitErr(Pattern.compile("Polling task queues"), Waiting.LONG);
    return new Worker(launched, URI.create(launched.awaitErr(METRICS, Waiting.LONG).group(1)));
  }

  /** All sandboxes, running and paused. */
  public List<SandboxInfo> sandboxes() {
    try (E2bClient client = new E2bClient(E2bOptions.fromEnvironment(environment))) {
      return client.list(SandboxQuery.all());
    }
  }

  /** Deletes a sandbox as its account's owner may at any time. False if it was gone. */
  public boolean deleteSandbox(String sandboxId) {
    try (E2bClient client = new E2bClient(E2bOptions.fromEnvironment(environment))) {
      return client.kill(sandboxId);
    }
  }

  /** The folder that a sandbox of this fleet has as its {@code /}; it may be gone already. */
  public Path sandboxRoot(String sandboxId) {
    try (Stream<Path> servers = Files.list(folder.resolve("data"))) {
      return servers
          .map(server -> server.resolve("sandboxes/sandboxes").resolve(sandboxId).resolve("root"))
          .filter(Files::isDirectory)
          .findFirst()
          .orElse(folder.resolve("data/no-such-sandbox"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the server waits for in a workflow that it knows. */
  public List<PendingActivityInfo> pending(String workflowId) {
    return temporal()
        .client()
        .getWorkflowServiceStubs()
        .blockingStub()
        .describeWorkflowExecution(
            DescribeWorkflowExecutionRequest.newBuilder()
                .setNamespace(temporal().namespace())
                .setExecution(WorkflowExecution.newBuilder().setWorkflowId(workflowId))
                .build())
        .getPendingActivitiesList();
  }

  /**
   * The exit code of a command that sees a batch to its end; where it does not end, the failure
   * says which reviews run on, and what the server waits for in each.
   */
  public int awaitEnd(FleetProcess command, String batch, Duration atMost) {
    try {
      return command.awaitExit(atMost);
    } catch (AssertionError stuck) {
      String query =
          "ExecutionStatus = 'Running' AND WorkflowId STARTS_WITH '%s'"
              .formatted(Fleet.reviewWorkflowId(batch, ""));
      String waits =
          temporal()
              .client()
              .listExecutions(query)
              .map(review -> review.getExecution().getWorkflowId())
              .map(review -> review + " waits for " + pending(review))
              .collect(Collectors.joining("\n"));
      throw new AssertionError(stuck.getMessage() + "\n" + waits, stuck);
    }
  }

  /**
   * Resets a workflow to the workflow task that far into it: 0 is the first, 1 the last ended one.
   */
  public void reset(String workflowId, double where) {
    List<Long> tasks =
        temporal().client().fetchHistory(workflowId).getEvents().stream()
            .filter(event -> event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
            .map(HistoryEvent::getEventId)
            .toList();
    long task = tasks.get((int) (where * (tasks.size() - 1)));
    temporal()
        .client()
        .getWorkflowServiceStubs()
        .blockingStub()
        .resetWorkflowExecution(
            ResetWorkflowExecutionRequest.newBuilder()
                .setNamespace(temporal().namespace())
                .setWorkflowExecution(WorkflowExecution.newBuilder().setWorkflowId(workflowId))
                .setReason("as the button does")
                .setRequestId(UUID.randomUUID().toString())
                .setWorkflowTaskFinishEventId(task)
                .build());
    System.out.printf(
        "%s reset to event %d of %d%n", workflowId, task, tasks.get(tasks.size() - 1));
  }

  /** The Temporal server itself, to kill and to restart. */
  public SeparateTemporal temporalServer() {
    return temporal;
  }

  /** What an address answers. */
  public static String get(URI uri) {
    try {
      return HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(uri).timeout(Waiting.LONG).build(), BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new AssertionError(uri + " does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Everything the processes said, in one text. */
  public String logs(List<FleetProcess> of) {
    StringBuilder all = new StringBuilder();
    for (FleetProcess process : of) {
      all.append(process.out()).append(process.err());
    }
    return all.toString();
  }

  /** A file of an artifact, by its path in the store's folder. */
  public Path artifact(String path) {
    Path file = folder.resolve("artifacts").resolve(path);
    assertThat(Files.isRegularFile(file)).as(path).isTrue();
    return file;
  }

  @Override
  public void close() {
    try {
      processes.close();
    } finally {
      temporal.close();
    }
  }
}
