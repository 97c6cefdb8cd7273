package dev.repofleet.e2b;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Runs programs in pseudo-terminals of one sandbox, as one Linux user. Thread-safe; made by {@link
 * Sandbox#pty()}.
 *
 * <p>A terminal belongs to its program, not to the connection: a program goes on when the caller
 * lets go, and {@link #connect} attaches to it again. It is a session of its own.
 */
public final class Pty {
  private static final Map<String, String> TERMINAL =
      Map.of("TERM", "xterm-256color", "LANG", "C.UTF-8", "LC_ALL", "C.UTF-8");

  private final Envd envd;
  private final Commands commands;

  Pty(Envd envd) {
    this.envd = envd;
    this.commands = new Commands(envd);
  }

  /** An interactive login shell: {@code /bin/bash -i -l}. */
  public static Command.Builder shell() {
    return Command.builder("/bin/bash", "-i", "-l");
  }

  /**
   * Starts a program in a terminal and returns as soon as it runs. {@code TERM}, {@code LANG} and
   * {@code LC_ALL} are set for UTF-8 and 256 colours where the command does not set them.
   *
   * @param output receives what the terminal shows, in pieces that end anywhere, from the thread
   *     that reads the stream: as for {@link OutputListener}, while it has not returned the program
   *     stops at its next write
   * @return a handle to be closed; closing does not end the program
   * @throws E2bTransportException if no start was told within the request time-out or the
   *     connection was lost; the program may run
   * @throws SandboxUnavailableException if the sandbox does not answer
   * @throws E2bStatusException if it was refused
   */
  public RunningTerminal start(Command command, TerminalSize size, Consumer<byte[]> output) {
    Map<String, String> env = new HashMap<>(TERMINAL);
    env.putAll(command.env());
    EnvdWire.ProcessConfig given = Commands.config(command);
    EnvdWire.StartRequest body =
        new EnvdWire.StartRequest(
            new EnvdWire.ProcessConfig(given.cmd(), given.args(), env, given.cwd()),
            size.wire(),
            false);
    return new RunningTerminal(
        commands,
        commands.open(
            "process.Process/Start",
            body,
            command.timeout(),
            envd.named("run " + command.argv().get(0) + " in a terminal"),
            new Screen(output)));
  }

  /**
   * Attaches to a terminal that is there already. What it showed before does not come again: a
   * full-screen program repaints itself after {@link RunningTerminal#resize}.
   *
   * @throws NotFoundException if there is no such process
   * @throws E2bException as {@link Commands#connect}
   */
  public RunningTerminal connect(long pid, Consumer<byte[]> output) {
    return new RunningTerminal(commands, commands.connect(pid, new Screen(output)));
  }

  private record Screen(Consumer<byte[]> output) implements OutputListener {
    @Override
    public void onStdout(byte[] bytes) {
      output.accept(bytes);
    }

    @Override
    public void onStderr(byte[] bytes) {
      output.accept(bytes);
    }
  }
}
