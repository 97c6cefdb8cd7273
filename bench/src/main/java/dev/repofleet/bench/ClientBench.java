package dev.repofleet.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.LocalSandboxOptions;
import dev.repofleet.e2b.local.LocalSandboxServer;
import dev.repofleet.e2b.local.simulated.Simulation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * This client against the official JavaScript SDK: the same work against the same server in one
 * run, each side a process of its own, in turn, warmed up by a fifth of the work.
 *
 * <p>The server's sandboxes are simulated: what is compared is clients, and real processes would
 * cost both sides the same.
 */
final class ClientBench implements Benchmark {
  private static final int FLOOD = 100_000_000;
  private static final int ROUNDS = 3;

  private record Scenario(String title, String name, int count, int inFlight) {}

  private static final List<Scenario> SCENARIOS =
      List.of(
          new Scenario("create + true + kill, 1 in flight", "lifecycle", 500, 1),
          new Scenario("create + true + kill, 50 in flight", "lifecycle", 3_000, 50),
          new Scenario("100 MB of output, three times", "output", 3, 1),
          new Scenario("10,000 small files written and read", "files", 10_000, 50),
          new Scenario("1,000 idle streams", "streams", 1_000, 50));

  private final ObjectMapper json = new ObjectMapper();

  @Override
  public String parameters() {
    return "[SCENARIO...]";
  }

  @Override
  public String about() {
    return "the Java client against the official SDK; all";
  }

  /** Only these scenarios; all if none is named. */
  @Override
  public void run(List<String> names) throws IOException, InterruptedException {
    requireKnown(names);
    Path work = Files.createTempDirectory("repofleet-bench-");
    try {
      run(names, work);
    } finally {
      Folders.delete(work);
    }
  }

  private static void requireKnown(List<String> names) {
    List<String> known = SCENARIOS.stream().map(Scenario::name).distinct().toList();
    for (String name : names) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "no scenario is called '" + name + "'; there are " + String.join(", ", known));
      }
    }
  }

  private void run(List<String> names, Path work) throws IOException, InterruptedException {
    ObjectNode environment = BenchEnvironment.describe();
    LocalSandboxOptions options =
        LocalSandboxOptions.builder(work.resolve("server"))
            .simulate(
                Simulation.standard()
                    .withProgram("idle", process -> {})
                    .withProgram("flood", process -> flood(process::out, process::exit)))
            .quota(200)
            .build();
    try (LocalSandboxServer server = new LocalSandboxServer(options).start()) {
      OfficialSdk.installed(work, "client.mjs");
      System.out.printf("%s%n%n", json.writeValueAsString(environment));
      System.out.println(
          "| | Java | JS | JS / Java | CPU Java | CPU JS | Java / JS | RSS Java | JS |");
      System.out.println("|---|---|---|---|---|---|---|---|---|");
      for (Scenario scenario : SCENARIOS) {
        if (names.isEmpty() || names.contains(scenario.name())) {
          compare(scenario, server, work);
        }
      }
    }
  }

  private interface Out {
    void write(byte[] bytes);
  }

  private interface Exit {
    void with(int code);
  }

  private static void flood(Out out, Exit exit) {
    byte[] line = new byte[FLOOD];
    Arrays.fill(line, (byte) 'x');
    for (int at = 79; at < FLOOD; at += 80) {
      line[at] = '\n';
    }
    out.write(line);
    exit.with(0);
  }

  private void compare(Scenario scenario, LocalSandboxServer server, Path work)
      throws IOException, InterruptedException {
    // Not counted: the server is cold.
    measure(javaSide(), scenario, server, work);
    List<Sample> java = new ArrayList<>();
    List<Sample> js = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      java.add(measure(javaSide(), scenario, server, work));
      js.add(measure(new ArrayList<>(List.of("node", "client.mjs")), scenario, server, work));
    }
    print(scenario, java, js);
  }

  private static List<String> javaSide() {
    String runtime = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ArrayList<>(
        List.of(
            runtime,
            "-Dlogback.configurationFile=bench-logback.xml",
            "-cp",
            System.getProperty("java.class.path"),
            JavaSide.class.getName()));
  }

  private Sample measure(
      List<String> command, Scenario scenario, LocalSandboxServer server, Path work)
      throws IOException, InterruptedException {
    command.add(scenario.name());
    command.add(Integer.toString(scenario.count()));
    command.add(Integer.toString(scenario.inFlight()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(server.environment());
    // The SDK's own limit is 200, and over HTTP/1.1 each stream needs a connection.
    builder.environment().put("E2B_ENVD_RPC_CONNECTIONS", "2000");
    return json.readValue(OfficialSdk.output(builder, work), Sample.class);
  }

  private void print(Scenario scenario, List<Sample> javaRuns, List<Sample> jsRuns)
      throws IOException {
    Sample java = Sample.median(javaRuns);
    Sample js = Sample.median(jsRuns);
    System.out.printf(
        "| %s | %.2f s | %.2f s | **%.2f** | %.2f s | %.2f s | %.2f | %.0f MiB | %.0f MiB |%n",
        scenario.title(),
        java.seconds(),
        js.seconds(),
        js.seconds() / java.seconds(),
        java.cpuSeconds(),
        js.cpuSeconds(),
        java.cpuSeconds() / js.cpuSeconds(),
        java.peakRssMiB(),
        js.peakRssMiB());
    if (java.idleCpuSeconds() > 0) {
      System.out.printf(
          "| …, CPU in 50 s of waiting | | | | %.2f s | %.2f s | %.2f | | |%n",
          java.idleCpuSeconds(), js.idleCpuSeconds(), java.idleCpuSeconds() / js.idleCpuSeconds());
    }
    ObjectNode line = json.createObjectNode();
    line.put("benchmark", "client").put("scenario", scenario.title());
    line.set("java", json.valueToTree(javaRuns));
    line.set("js", json.valueToTree(jsRuns));
    System.err.println(json.writeValueAsString(line));
  }
}
