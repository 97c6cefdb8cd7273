package dev.repofleet.starter.embedded;

import dev.repofleet.e2b.AuthenticationException;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.SandboxQuery;
import dev.repofleet.e2b.SandboxState;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.FleetOption;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.schedule.ScheduleKeys;
import dev.repofleet.starter.server.FleetWorkers;
import dev.repofleet.starter.server.TemporalAwayException;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.client.TemporalUnreachableException;
import dev.repofleet.workflows.client.encryption.EncryptionKeys;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What {@code doctor} looks at elsewhere: Temporal, E2B, the model. Nothing is changed there. */
final class ServiceChecks {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Duration SKEW = Duration.ofSeconds(5);
  private static final String ANTHROPIC = "https://api.anthropic.com";
  private static final String E2B_LIMITS =
      "an account's limits are 20 sandboxes at once and 1 created a second (Hobby), 100 and 5"
          + " (Pro)";

  private final CommandContext context;
  private final Fleet fleet;
  private final Map<String, String> environment;

  ServiceChecks(CommandContext context, Fleet fleet) {
    this.context = context;
    this.fleet = fleet;
    this.environment = context.environment();
  }

  /** The server, and when it answers its search attributes and workers too. */
  List<Checkup> temporal() {
    List<Checkup> checkups = new ArrayList<>();
    try (TemporalConnection connection = TemporalConnection.open(environment)) {
      checkups.add(
          Checkup.ok("Temporal", connection.address() + ", namespace " + connection.namespace()));
      checkups.add(encryption(connection));
      schedules(connection).ifPresent(checkups::add);
      checkups.add(searchAttributes(connection));
      checkups.addAll(workers(connection));
    } catch (TemporalUnreachableException e) {
      boolean named = !value("TEMPORAL_ADDRESS").isEmpty() || !value("TEMPORAL_PROFILE").isEmpty();
      checkups.add(
          named || !e.isAbsent()
              ? Checkup.failed("Temporal", e.seen(), e.wayOut())
              : Checkup.note(
                  "Temporal",
                  e.seen() + ", and TEMPORAL_ADDRESS is not set",
                  "`repofleet up` starts a server here; `review --local` brings its own"));
    }
    return checkups;
  }

  private Checkup encryption(TemporalConnection connection) {
    String part = "encryption";
    return connection
        .refusal(fleet)
        .map(
            refusal ->
                Checkup.failed(
                    part,
                    "the fleet's newest workflow: " + refusal.getMessage(),
                    "set " + EncryptionKeys.VARIABLE + " as the fleet's workers have it"))
        .or(
            () ->
                connection
                    .keys()
                    .map(
                        keys ->
                            Checkup.ok(part, "new payloads get key '" + keys.currentId() + "'")))
        .orElseGet(() -> Checkup.ok(part, "none: Temporal's server can read the payloads"));
  }

  /** Nothing where each of them would be written today as it is. */
  private Optional<Checkup> schedules(TemporalConnection connection) {
    String part = "schedules";
    try {
      List<ScheduleKeys.Other> others = new ScheduleKeys(connection).others(fleet);
      if (others.isEmpty()) {
        return Optional.empty();
      }
      String found =
          "what they begin with is not under the present key: "
              + others.stream()
                  .map(
                      other ->
                          "%s (%s%s)"
                              .formatted(
                                  other.schedule(),
                                  other.key(),
                                  other.readable() ? "" : ", which does not fit here"))
                  .collect(Collectors.joining(", "));
      return Optional.of(
          others.stream().allMatch(ScheduleKeys.Other::readable)
              ? Checkup.note(
                  part,
                  found,
                  "`repofleet schedule pause NAME`, then `schedule resume NAME`, encrypts it anew")
              : Checkup.failed(
                  part,
                  found,
                  "add the key to "
                      + EncryptionKeys.VARIABLE
                      + ", or delete the schedule and create it anew"));
    } catch (CommandException e) {
      return Optional.of(Checkup.note(part, String.valueOf(e.getMessage()), null));
    }
  }

  private static Checkup searchAttributes(TemporalConnection connection) {
    String part = "search attributes";
    try {
      List<String> missing = new SearchAttributeSetup(connection).missing();
      return missing.isEmpty()
          ? Checkup.ok(part, "all are there")
          : Checkup.note(
              part,
              "missing: "
                  + String.join(", ", missing)
                  + ": batches run, but can't be found by repository, status or cost",
              "`repofleet setup` adds them, or says who can");
    } catch (CommandException e) {
      return Checkup.failed(part, String.valueOf(e.getMessage()), "see above");
    }
  }

  private List<Checkup> workers(TemporalConnection connection) {
    String part = "workers";
    try {
      Instant now = context.clock().instant();
      List<FleetWorkers.Seen> workers =
          new FleetWorkers(connection, fleet, context.clock())
              .look().workers().stream().filter(worker -> !worker.isLate(now)).toList();
      List<Checkup> checks = new ArrayList<>();
      checks.add(
          workers.isEmpty()
              ? Checkup.note(
                  part,
                  "none polls task queue " + fleet.runTaskQueue(),
                  FleetOption.worker(fleet.taskQueue()) + " starts one")
              : Checkup.ok(part, workers.size() + " at work"));
      checks.addAll(versions(connection, workers));
      return checks;
    } catch (TemporalAwayException e) {
      return List.of(Checkup.failed(part, String.valueOf(e.getMessage()), "run doctor again"));
    }
  }

  private List<Checkup> versions(TemporalConnection connection, List<FleetWorkers.Seen> workers) {
    try {
      return new VersionChecks(
              name -> new WorkerDeployment(connection, name).routing(),
              WorkerDeployment.of(connection, fleet.taskQueue()),
              workers)
          .all();
    } catch (CommandException e) {
      return List.of(
          Checkup.failed(VersionChecks.PART, String.valueOf(e.getMessage()), "run doctor again"));
    }
  }

  /** The account, and the clock by the same server's answer. */
  List<Checkup> sandboxes() {
    if (value("E2B_API_KEY").isEmpty()) {
      return List.of(
          Checkup.note(
              "E2B", "E2B_API_KEY is not set: sandboxes run on this machine with --local", null));
    }
    try {
      E2bOptions options = E2bOptions.fromEnvironment(environment);
      return List.of(account(options), clock(options.apiUrl()));
    } catch (IllegalArgumentException e) {
      return List.of(Checkup.failed("E2B", String.valueOf(e.getMessage()), "correct the variable"));
    }
  }

  /** Whether an account at E2B answers, and to this key. */
  static Checkup account(E2bOptions options) {
    String where = options.apiUrl().toString();
    try (E2bClient client = new E2bClient(options)) {
      int running = client.list(SandboxQuery.builder().state(SandboxState.RUNNING).build()).size();
      return Checkup.ok("E2B", where + ": " + running + " sandboxes run now; " + E2B_LIMITS);
    } catch (AuthenticationException e) {
      return Checkup.failed(
          "E2B", where + " refuses the key", "set E2B_API_KEY to one from e2b.dev/dashboard");
    } catch (E2bException e) {
      return Checkup.failed(
          "E2B",
          where + " does not answer: " + PlainText.of(e.getMessage(), 200),
          "check the network, or E2B_DOMAIN and E2B_API_URL");
    }
  }

  private Checkup clock(URI server) {
    String part = "clock";
    Optional<Instant> theirs =
        answer(HttpRequest.newBuilder(server).method("HEAD", HttpRequest.BodyPublishers.noBody()))
            .flatMap(answer -> answer.headers().firstValue("date"))
            .flatMap(ServiceChecks::time);
    if (theirs.isEmpty()) {
      return Checkup.note(part, server + " does not tell its time: not compared", null);
    }
    Duration skew = Duration.between(theirs.get(), context.clock().instant());
    // Their time is in whole seconds, and an answer takes a while.
    return skew.abs().compareTo(SKEW) <= 0
        ? Checkup.ok(part, "as that of " + server.getHost())
        : Checkup.failed(
            part,
            skew.toSeconds() + " s ahead of " + server.getHost(),
            "set this machine's clock by NTP: leases and tokens are counted by it");
  }

  private static Optional<Instant> time(String header) {
    try {
      return Optional.of(
          ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** Asks for the list of models, which costs nothing, where there is a plain key. */
  Checkup model() {
    String key = value("ANTHROPIC_API_KEY");
    String token = value("ANTHROPIC_AUTH_TOKEN");
    for (String other : AgentKind.CLAUDE.modelVariables()) {
      if (key.isEmpty() && token.isEmpty() && AgentKind.isSet(other, environment)) {
        return Checkup.ok("model", other + " is set; whether it is taken shows with a review");
      }
    }
    if (key.isEmpty() && token.isEmpty()) {
      return Checkup.note(
          "model",
          "none is configured here (the workers' environment counts)",
          "set ANTHROPIC_API_KEY, or rehearse with --agent rehearsal");
    }
    String base = value("ANTHROPIC_BASE_URL").isEmpty() ? ANTHROPIC : value("ANTHROPIC_BASE_URL");
    return model(base, key, token);
  }

  private static Checkup model(String base, String key, String token) {
    HttpRequest.Builder request;
    try {
      request = HttpRequest.newBuilder(URI.create(base.replaceAll("/+$", "") + "/v1/models"));
      request.header("anthropic-version", "2023-06-01");
      request.header(
          key.isEmpty() ? "Authorization" : "x-api-key", key.isEmpty() ? "Bearer " + token : key);
    } catch (IllegalArgumentException e) {
      return Checkup.failed(
          "model",
          "ANTHROPIC_BASE_URL or the key can't be sent as it is",
          "look for blanks and line ends in their values");
    }
    String host = String.valueOf(URI.create(base).getHost());
    Optional<HttpResponse<Void>> answer = answer(request.GET());
    if (answer.isEmpty()) {
      return Checkup.note(
          "model", host + " does not answer from here; the sandboxes call it", "check the network");
    }
    return switch (answer.get().statusCode()) {
      case 401, 403 ->
          Checkup.failed("model", host + " refuses the key", "set a valid key of that provider");
      case 200 -> Checkup.ok("model", host + " takes the key");
      default ->
          Checkup.ok(
              "model",
              host
                  + " answers (status "
                  + answer.get().statusCode()
                  + "); whether it takes the key shows with a review");
    };
  }

  private static Optional<HttpResponse<Void>> answer(HttpRequest.Builder request) {
    HttpClient client = HttpClient.newBuilder().connectTimeout(LIMIT).build();
    try {
      return Optional.of(
          client.send(request.timeout(LIMIT).build(), HttpResponse.BodyHandlers.discarding()));
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private String value(String name) {
    return environment.getOrDefault(name, "").strip();
  }
}
