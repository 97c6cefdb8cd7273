package dev.repofleet.e2b.local.simulated;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Answers as the worker's run script does; its head says what the verbs take and tell. The agent it
 * starts is a program of the machine. Stateless: what it knows is in files and processes.
 *
 * <p>A new verb is one entry in {@link #verbs}. One that is not here fails with exit code 64.
 */
final class SimulatedRunScript implements SimulatedProgram {
  private static final int WRONG_USE = 64;
  private static final int FENCED = 71;
  private static final int STOPPED = 72;
  private static final int SIGNAL_BASE = 128;
  private static final Duration START_GRACE = Duration.ofSeconds(10);
  private static final long OUTPUT_CAP = 268_435_456;

  /**
   * A verb.
   *
   * @param words what it takes, the fence and numbers; how many is checked
   */
  private record Verb(List<String> words, Action action) {}

  private interface Action {
    void run(Call call);
  }

  private final Map<String, Verb> verbs =
      new TreeMap<>(
          Map.of(
              "start", new Verb(List.of("FENCE", "g", "k", "i", "L0"), this::start),
              "state", new Verb(List.of("g", "k"), Call::tell),
              "await", new Verb(List.of("g", "k", "i", "OFFSET", "SECONDS"), this::await),
              "void", new Verb(List.of("g", "k", "i"), this::voidRun),
              "stop", new Verb(List.of("FENCE", "g", "k"), this::stop)));

  /** One call of a verb with its numbers by name. */
  private record Call(SimulatedProcess process, Map<String, Long> numbers, String fence) {
    RunFolder turn() {
      return new RunFolder(process, numbers.get("g") + "." + numbers.get("k"));
    }

    int incarnation() {
      return (int) number("i");
    }

    long number(String name) {
      return numbers.getOrDefault(name, 0L);
    }

    void tell() {
      process.out(turn().line() + "\n");
      process.exit(0);
    }
  }

  @Override
  public void start(SimulatedProcess process) {
    String path = process.absolute(process.argv().get(0));
    if (!process.files().exists(path)) {
      process.fail(127, path + ": No such file or directory");
      return;
    }
    List<String> words = process.arguments();
    Verb verb = words.isEmpty() ? null : verbs.get(words.get(0));
    if (verb == null) {
      process.fail(
          WRONG_USE,
          "repofleet-run: the simulated run script has no verb '%s', only %s: add it to %s"
              .formatted(
                  words.isEmpty() ? "" : words.get(0),
                  new TreeSet<>(verbs.keySet()),
                  SimulatedRunScript.class.getSimpleName()));
      return;
    }
    Optional<Call> call = call(process, verb, words.subList(1, words.size()));
    if (call.isPresent()) {
      verb.action().run(call.get());
    } else {
      process.fail(WRONG_USE, "repofleet-run: " + words.get(0) + " takes " + verb.words());
    }
  }

  private static Optional<Call> call(SimulatedProcess process, Verb verb, List<String> given) {
    if (given.size() != verb.words().size()) {
      return Optional.empty();
    }
    Map<String, Long> numbers = new HashMap<>();
    String fence = "";
    for (int index = 0; index < given.size(); index++) {
      String name = verb.words().get(index);
      if (name.equals("FENCE")) {
        fence = given.get(index);
      } else if (given.get(index).matches("0|[1-9]\\d{0,14}")) {
        numbers.put(name, Long.parseLong(given.get(index)));
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(new Call(process, numbers, fence));
  }

  private void start(Call call) {
    SimulatedProcess process = call.process();
    RunFolder turn = call.turn();
    int incarnation = call.incarnation();
    String asked = turn.asked(incarnation);
    if (process.files().text(asked + "/argv").isEmpty()
        || !process.files().exists(asked + "/prompt")) {
      process.fail(WRONG_USE, "repofleet-run: no argv or prompt of " + turn.key(incarnation));
    } else if (incarnation < turn.lowest()) {
      process.fail(WRONG_USE, "repofleet-run: " + incarnation + " is below the base");
    } else if (!turn.fencedBy(call.fence())) {
      process.fail(FENCED, "repofleet-run: fenced");
    } else if (turn.stopped()) {
      process.out(turn.line() + "\n");
      process.exit(STOPPED);
    } else {
      boolean before = incarnation == turn.lowest() || turn.kind(incarnation - 1).equals("died");
      if (before && !process.files().exists(turn.run(incarnation))) {
        turn.agents(incarnation - 1).forEach(agent -> agent.signal(SimulatedProcess.SIGKILL));
        launch(call, turn, incarnation);
      }
      call.tell();
    }
  }

  private static void launch(Call call, RunFolder turn, int incarnation) {
    SimulatedProcess process = call.process();
    MemoryFiles files = process.files();
    String run = turn.run(incarnation);
    String root = MemoryFiles.ROOT;
    files.makeDirectories(run, root, 077);
    String meta = "boot=simulated\npgid=%d\nsupervisor=%d\ntranscript=%d\n";
    files.write(
        run + "/meta",
        SimulatedRepository.bytes(meta.formatted(process.pid(), process.pid(), call.number("L0"))),
        root,
        077);
    files.write(run + "/out", new byte[0], root, 077);
    files.write(run + "/err", new byte[0], root, 077);
    Map<String, String> environment = new HashMap<>(process.environment());
    environment.keySet().removeIf(name -> name.startsWith("RF_"));
    environment.put("HOME", orElse(process.variable("RF_AGENT_HOME"), "/home/user"));
    environment.put("USER", "user");
    environment.put("RF_RUN", turn.key(incarnation));
    environment.put("RF_STATE", turn.root());
    String asked = turn.asked(incarnation);
    ProcessStart agent =
        new ProcessStart(
            Arrays.asList(files.text(asked + "/argv").split("\0")),
            environment,
            "user",
            orElse(process.variable("RF_WORKDIR"), "/home/user"),
            files.text(asked + "/prompt"));
    long cap = Long.parseLong(orElse(process.variable("RF_OUTPUT_CAP"), Long.toString(OUTPUT_CAP)));
    RunOutput output = new RunOutput(files, run, cap);
    try {
      process.machine().start(agent, output);
    } catch (FileFault noDirectory) {
      output.ended(126, false);
    }
  }

  private void await(Call call) {
    RunFolder turn = call.turn();
    SimulatedProcess process = call.process();
    if (settled(call, turn) || call.number("SECONDS") == 0) {
      call.tell();
      return;
    }
    MemoryFiles.Watch watch =
        process
            .files()
            .watch(
                turn.root(),
                () -> {
                  if (!process.ended() && settled(call, turn)) {
                    call.tell();
                  }
                });
    process.onEnd(watch::close);
    process.after(Duration.ofSeconds(call.number("SECONDS")), call::tell);
  }

  private static boolean settled(Call call, RunFolder turn) {
    int incarnation = turn.newest();
    if (incarnation != call.incarnation()) {
      return true;
    }
    return switch (turn.kind(incarnation)) {
      case "running" -> turn.out(incarnation) > call.number("OFFSET");
      case "starting" -> turn.stopped();
      default -> true;
    };
  }

  private void voidRun(Call call) {
    RunFolder turn = call.turn();
    int incarnation = call.incarnation();
    String run = turn.run(incarnation);
    boolean old =
        turn.newest() == incarnation
            && turn.kind(incarnation).equals("starting")
            && turn.age(incarnation) >= START_GRACE.toSeconds();
    MemoryFiles files = call.process().files();
    boolean over = files.exists(run + "/meta") || old;
    if (over && turn.agents(incarnation).isEmpty() && !files.exists(run + "/rc")) {
      files.write(run + "/void", new byte[0], MemoryFiles.ROOT, 077);
    }
    call.tell();
  }

  private void stop(Call call) {
    RunFolder turn = call.turn();
    if (!turn.fencedBy(call.fence())) {
      call.process().fail(FENCED, "repofleet-run: fenced");
      return;
    }
    call.process().files().write(turn.stopFile(), new byte[0], MemoryFiles.ROOT, 077);
    turn.agents(turn.newest()).forEach(agent -> agent.signal(SimulatedProcess.SIGINT));
    call.tell();
  }

  private static String orElse(String text, String otherwise) {
    return text.isEmpty() ? otherwise : text;
  }

  /** The agent's output as files: the first bytes up to a cap, and the last line. */
  private static final class RunOutput implements ProcessOutput {
    private final MemoryFiles files;
    private final String run;
    private long left;
    private byte[] beyond = new byte[0];

    RunOutput(MemoryFiles files, String run, long cap) {
      this.files = files;
      this.run = run;
      this.left = cap;
    }

    /** Each call is a whole line, or several. */
    @Override
    public void out(byte[] bytes) {
      if (bytes.length <= left && beyond.length == 0) {
        left -= bytes.length;
        files.append(run + "/out", bytes, MemoryFiles.ROOT);
      } else {
        beyond = bytes;
      }
    }

    @Override
    public void err(byte[] bytes) {
      files.append(run + "/err", bytes, MemoryFiles.ROOT);
    }

    @Override
    public void ended(int code, boolean signalled) {
      if (beyond.length > 0) {
        files.append(run + "/out", beyond, MemoryFiles.ROOT);
      }
      int rc = signalled ? SIGNAL_BASE + code : code;
      files.write(run + "/rc", rc + "\n", MemoryFiles.ROOT);
    }
  }
}
