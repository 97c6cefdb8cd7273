package dev.repofleet.e2b.local.simulated;

import java.util.HashMap;
import java.util.Map;

/**
 * What simulated sandboxes hold: how their agent behaves, the repository that clones bring, and
 * programs besides the ones there are. Immutable.
 *
 * <p>There are: {@code bash}, {@code sh}, {@code python3} and {@code timeout}; the worker's scripts
 * {@code clone.sh}, {@code tree.sh}, {@code commit-files.sh}, {@code snapshot.sh}, {@code
 * restore.sh}, {@code prepare.sh} and {@code run.sh}; the agents {@code claude} and {@code
 * rehearsal_agent.py}. A program is chosen by the last part of its path.
 *
 * @param agent how the agent behaves
 * @param repository what clones bring
 * @param programs by name; they come before the ones there are
 */
public record Simulation(
    AgentScript agent, SimulatedRepository repository, Map<String, SimulatedProgram> programs) {
  /** Copies. */
  public Simulation {
    programs = Map.copyOf(programs);
  }

  /** The standard agent and the small repository. */
  public static Simulation standard() {
    return new Simulation(AgentScript.standard(), SimulatedRepository.small(), Map.of());
  }

  /** With another behaviour of the agent. */
  public Simulation withAgent(AgentScript other) {
    return new Simulation(other, repository, programs);
  }

  /** With one more program, or another one under a name. */
  public Simulation withProgram(String name, SimulatedProgram program) {
    Map<String, SimulatedProgram> more = new HashMap<>(programs);
    more.put(name, program);
    return new Simulation(agent, repository, more);
  }

  /**
   * All programs of a machine.
   *
   * @param withClaude whether {@code claude} is there
   */
  public Map<String, SimulatedProgram> allPrograms(boolean withClaude) {
    SimulatedProgram anyAgent = new SimulatedAgent(agent, repository);
    Map<String, SimulatedProgram> all = new HashMap<>(Interpreters.programs());
    all.putAll(new SimulatedScripts(repository).programs());
    all.put("run.sh", new SimulatedRunScript());
    all.put("rehearsal_agent.py", anyAgent);
    if (withClaude) {
      all.put("claude", anyAgent);
    }
    all.putAll(programs);
    return all;
  }
}
