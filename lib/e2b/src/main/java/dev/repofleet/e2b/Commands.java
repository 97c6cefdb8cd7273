package dev.repofleet.e2b;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import okhttp3.Call;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * Runs commands in one sandbox as one Linux user. Thread-safe; made by {@link Sandbox#commands()}.
 *
 * <p>A process is not tied to the call that started it: it goes on when the caller dies, lets go or
 * loses the connection. What it writes while nobody listens is lost, and can't be had later.
 */
public final class Commands {
  /** For the answer to travel after envd has killed a command at its time limit. */
  private static final Duration TIMEOUT_GRACE = Duration.ofSeconds(30);

  private static final Duration FOR_EVER = Duration.ofDays(365L * 200);

  private final Envd envd;

  Commands(Envd envd) {
    this.envd = envd;
  }

  /**
   * Starts a command and waits for its end, however long that takes, unless the command has a time
   * limit. Any exit code is a result, not an exception.
   *
   * <p>It ends when everything that holds its stdout and stderr has ended, children in the
   * background included.
   *
   * @throws CommandTimeoutException if its time limit ended it
   * @throws E2bTransportException if the stream was cut; the process may have started and still run
   * @throws SandboxUnavailableException if the sandbox does not answer
   * @throws E2bStatusException if it was refused, for example because the working directory is
   *     missing
   * @throws E2bInterruptedException if this thread is interrupted; the process goes on
   */
  public CommandResult run(Command command) {
    OutputCollector output = new OutputCollector(command.maxOutput());
    try (RunningCommand running = start(command, output)) {
      // envd ends it in time; this only keeps a caller from waiting on one that does not.
      Duration limit = command.timeout() == null ? FOR_EVER : command.timeout().plus(TIMEOUT_GRACE);
      Optional<CommandExit> exit = running.awaitExit(limit);
      if (exit.isEmpty()) {
        throw new E2bTransportException(
            "cannot %s: no end was told in %s; the process (pid %d) may still run"
                .formatted(operation(command), limit, running.pid()),
            true,
            null);
      }
      return new CommandResult(running.pid(), exit.get(), output);
    }
  }

  /**
   * Starts a command and returns as soon as it runs. Its output goes to the listener, whose last
   * call is {@link OutputListener#onEnd()}, also when this method throws.
   *
   * @return a handle to be closed; closing does not end the process
   * @throws E2bTransportException if no start was told within the request time-out or the
   *     connection was lost; the process may run
   * @throws SandboxUnavailableException if the sandbox does not answer
   * @throws E2bStatusException if it was refused, for example because the working directory is
   *     missing
   * @throws E2bInterruptedException if this thread is interrupted; the process may run
   */
  public RunningCommand start(Command command, OutputListener listener) {
    String operation = operation(command);
    SendMark mark = new SendMark();
    Request request = envd.stream("process.Process/Start", body(command), command.timeout());
    Call call = envd.transport().newStream(request, mark, operation);
    ProcessStream stream = new ProcessStream(envd, command, operation, listener, call, mark);
    call.enqueue(stream);
    long pid =
        HttpTransport.await(
            stream.started(), envd.options().requestTimeout(), call, mark, operation);
    if (pid == 0) {
      ProcessStream.Outcome outcome = stream.ended().join();
      throw outcome.failure() != null
          ? outcome.failure().get()
          : new E2bProtocolException("cannot " + operation + ": no start was told", null);
    }
    return new RunningCommand(this, stream, call, pid);
  }

  private static EnvdWire.StartRequest body(Command command) {
    List<String> argv = command.argv();
    return new EnvdWire.StartRequest(
        new EnvdWire.ProcessConfig(
            argv.get(0), argv.subList(1, argv.size()), command.env(), command.cwd()),
        false);
  }

  private String operation(Command command) {
    return envd.named("run " + command.argv().get(0));
  }

  /**
   * The live processes that envd has started; children of those are not listed.
   *
   * @throws E2bException if the sandbox does not answer
   */
  public List<ProcessInfo> list() {
    EnvdWire.ListReply reply =
        envd.call(
            "process.Process/List",
            EnvdWire.Empty.INSTANCE,
            EnvdWire.ListReply.class,
            envd.named("list processes"));
    List<ProcessInfo> processes = new ArrayList<>();
    for (EnvdWire.RunningProcess process : orEmpty(reply.processes())) {
      processes.add(info(process));
    }
    return List.copyOf(processes);
  }

  private static ProcessInfo info(EnvdWire.RunningProcess process) {
    EnvdWire.ProcessConfig config = process.config();
    List<String> argv = new ArrayList<>();
    if (config != null && config.cmd() != null) {
      argv.add(config.cmd());
    }
    if (config != null && config.args() != null) {
      argv.addAll(config.args());
    }
    return new ProcessInfo(
        process.pid(), argv, config == null ? null : config.cwd(), process.tag());
  }

  private static <T> List<T> orEmpty(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }

  /**
   * Sends a signal to one process that envd has started, not to its children.
   *
   * @throws NotFoundException if no such process lives
   * @throws E2bException if the sandbox does not answer; the signal may have been sent
   */
  public void signal(long pid, ProcessSignal signal) {
    envd.call(
        "process.Process/SendSignal",
        new EnvdWire.SignalRequest(new EnvdWire.Selector(pid), signal.wireName()),
        EnvdWire.Empty.class,
        envd.named("send " + signal + " to pid " + pid));
  }
}
