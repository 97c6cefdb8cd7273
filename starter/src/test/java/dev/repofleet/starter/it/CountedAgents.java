package dev.repofleet.starter.it;

import dev.repofleet.e2b.local.simulated.AgentScript;
import dev.repofleet.e2b.local.simulated.FileInfo;
import dev.repofleet.e2b.local.simulated.SimulatedProcess;
import dev.repofleet.e2b.local.simulated.SimulatedProgram;
import dev.repofleet.e2b.local.simulated.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The agents of simulated sandboxes. They count what they say, by session, and give no structured
 * answer about repositories that they were told to be dumb about. Thread-safe.
 */
public final class CountedAgents implements SimulatedProgram {
  private static final String PROGRAM = "rehearsal_agent.py";

  private final Simulation simulation;
  private final SimulatedProgram agent;
  private final Map<String, Integer> messages = new ConcurrentHashMap<>();
  private final Map<String, Integer> processes = new ConcurrentHashMap<>();
  private final Map<String, Long> started = new ConcurrentHashMap<>();
  private final AtomicInteger atWork = new AtomicInteger();
  private final Set<String> dumbAbout = ConcurrentHashMap.newKeySet();
  private final Set<String> dumbSessions = ConcurrentHashMap.newKeySet();

  /** Agents that behave like this. */
  public CountedAgents(AgentScript script) {
    this.simulation = Simulation.standard().withAgent(script);
    this.agent = Objects.requireNonNull(simulation.allPrograms(false).get(PROGRAM));
  }

  /** What the sandboxes hold. */
  public Simulation simulation() {
    return simulation.withProgram(PROGRAM, this);
  }

  /** Sessions that begin from now on and name this in their prompt come to no answer. */
  public void beDumbAbout(String name) {
    dumbAbout.add(name);
  }

  /** From now on they come to one again. */
  public void beClever() {
    dumbAbout.clear();
  }

  /** How many messages all processes of a session have said, those that were stopped too. */
  public int messages(String session) {
    return messages.getOrDefault(session, 0);
  }

  /** How many processes of a session there were. */
  public int processes(String session) {
    return processes.getOrDefault(session, 0);
  }

  /** When the last process of a session began, by {@link System#nanoTime}. */
  public Optional<Long> startedAt(String session) {
    return Optional.ofNullable(started.get(session));
  }

  /** How many are at work now; one in a paused sandbox is none, since turns have ended then. */
  public int atWork() {
    return atWork.get();
  }

  @Override
  public void start(SimulatedProcess process) {
    String session = session(process.arguments());
    if (session.isEmpty()) {
      agent.start(process);
      return;
    }
    if (dumbAbout.stream().anyMatch(name -> process.standardInput().contains(name + " "))) {
      dumbSessions.add(session);
    }
    int schema = process.argv().indexOf("--json-schema");
    if (schema > 0 && dumbSessions.contains(session)) {
      List<String> without = new ArrayList<>(process.argv());
      without.subList(schema, schema + 2).clear();
      process.become(without); // which begins here again
      return;
    }
    int before = said(process, session);
    processes.merge(session, 1, Integer::sum);
    started.put(session, System.nanoTime());
    atWork.incrementAndGet();
    process.onEnd(
        () -> {
          atWork.decrementAndGet();
          messages.merge(session, said(process, session) - before, Integer::sum);
        });
    agent.start(process);
  }

  private static String session(List<String> arguments) {
    int named = Math.max(arguments.indexOf("--resume"), arguments.indexOf("--session-id"));
    return named < 0 ? "" : arguments.get(named + 1);
  }

  private static int said(SimulatedProcess process, String session) {
    String home = process.variable("HOME") + "/.claude";
    if (!process.files().exists(home)) {
      return 0;
    }
    return process.files().list(home, 10, process.user()).stream()
        .map(FileInfo::path)
        .filter(path -> path.endsWith("/" + session + ".jsonl"))
        .mapToInt(path -> lines(process.files().text(path)))
        .sum();
  }

  private static int lines(String transcript) {
    return (int) transcript.lines().filter(line -> line.contains("\"type\":\"assistant\"")).count();
  }
}
