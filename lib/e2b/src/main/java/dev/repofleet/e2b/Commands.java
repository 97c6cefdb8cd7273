package dev.repofleet.e2b;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import okhttp3.Call;
import org.jspecify.annotations.Nullable;

/**
 * Runs commands in one sandbox as one Linux user. Thread-safe; made by {@link Sandbox#commands()}.
 *
 * <p>A process is not tied to the call that started it: it goes on when the caller dies, lets go or
 * loses the connection. What it writes while nobody listens is lost, and can't be had later. So
 * there are three ways to run something:
 *
 * <ul>
 *   <li><b>In the foreground</b>, {@link #run}: started and awaited.
 *   <li><b>In the background</b>, {@link #start}: it runs while the caller does other things, its
 *       output goes to a listener, and {@link #connect} attaches to it again. Good while losing
 *       some output, or the exit code half a minute after the end, does no harm. It dies with envd
 *       at its next write, and it stops while a listener does not take what it writes.
 *   <li><b>As a durable job</b>, {@link Sandbox#job}, for what must outlive connections, callers
 *       and envd: it runs once however often it is started, and its output is in a file.
 * </ul>
 */
public final class Commands {
  /** For the answer to travel after envd has killed a command at its time limit. */
  private static final Duration TIMEOUT_GRACE = Duration.ofSeconds(30);

  /** What a pipe of Linux holds, so that one piece is one write. */
  private static final int INPUT_PIECE = 64 << 10;

  private static final int MAX_SAID = 500;

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
    EnvdWire.StartRequest body = new EnvdWire.StartRequest(config(command), null, command.stdin());
    return open("process.Process/Start", body, command.timeout(), operation(command), listener);
  }

  static EnvdWire.ProcessConfig config(Command command) {
    List<String> argv = command.argv();
    return new EnvdWire.ProcessConfig(
        argv.get(0), argv.subList(1, argv.size()), command.env(), command.cwd());
  }

  /**
   * Attaches to a process that runs already, whoever started it. The listener gets what is written
   * from now on; what was written before is lost, and nothing tells how much that was. Several may
   * be attached at once, and each gets all; one that does not read stops the process for all.
   *
   * <p>Of a process that has ended, its exit is still told for 30 s (envd 0.6.12 and later; before
   * that not at all).
   *
   * @return a handle to be closed; closing does not end the process
   * @throws NotFoundException if there is no such process, or it ended too long ago
   * @throws E2bTransportException if no answer came within the request time-out or the connection
   *     was lost; the process is not touched
   * @throws SandboxUnavailableException if the sandbox does not answer
   * @throws E2bInterruptedException if this thread is interrupted
   */
  public RunningCommand connect(long pid, OutputListener listener) {
    return open(
        "process.Process/Connect",
        new EnvdWire.ProcessRequest(new EnvdWire.Selector(pid)),
        null,
        envd.named("attach to pid " + pid),
        listener);
  }

  RunningCommand open(
      String method,
      Object body,
      @Nullable Duration limit,
      String operation,
      OutputListener listener) {
    SendMark mark = new SendMark();
    Call call = envd.transport().newStream(envd.stream(method, body, limit), mark, operation);
    ProcessStream stream = new ProcessStream(envd, limit, operation, listener, call, mark);
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

  /**
   * Sends a signal to all processes of a group, as {@link Command.Builder#ownGroup} makes one: a
   * short command in the sandbox does it, as this handle's user, who must own them or be root.
   *
   * @param pid of the process that leads the group
   * @return false if there is no such group: the process leads none, or all of it has ended
   * @throws E2bException if the sandbox does not answer or the signal was refused; it may have been
   *     sent
   */
  public boolean signalGroup(long pid, ProcessSignal signal) {
    if (pid < 2) {
      throw new IllegalArgumentException("no group that can be signalled: " + pid);
    }
    String name = signal.name().substring("SIG".length());
    CommandResult result =
        run(
            Command.builder("/bin/bash", "-c", "kill -s \"$1\" -- \"-$2\"", "kill", name, "" + pid)
                .timeout(envd.options().requestTimeout())
                .build());
    if (!result.succeeded() && !result.stderr().contains("No such process")) {
      throw new E2bException(
          "cannot %s: %s: %s"
              .formatted(
                  envd.named("send %s to the group of pid %d".formatted(signal, pid)),
                  result.exit().describe(),
                  ErrorBody.line(result.stderr(), MAX_SAID)),
          null);
    }
    return result.succeeded();
  }

  /**
   * Writes to the stdin of a process that was started with {@link Command.Builder#stdin}.
   *
   * <p>Blocks while the process does not read, at most the request time-out for each 64 KiB.
   *
   * @throws NotFoundException if no such process lives
   * @throws E2bStatusException if its stdin is not open
   * @throws E2bTransportException if the connection fails or the process did not read in time; any
   *     part of the bytes may have been written, so that repeating may write some twice
   */
  public void sendStdin(long pid, byte[] bytes) {
    send(pid, bytes, piece -> new EnvdWire.Input(piece, null));
  }

  void sendToPty(long pid, byte[] bytes) {
    send(pid, bytes, piece -> new EnvdWire.Input(null, piece));
  }

  private void send(long pid, byte[] bytes, Function<byte[], EnvdWire.Input> input) {
    String operation = envd.named("write to the stdin of pid " + pid);
    for (int at = 0; at < bytes.length; at += INPUT_PIECE) {
      byte[] piece = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + INPUT_PIECE));
      envd.call(
          "process.Process/SendInput",
          new EnvdWire.InputRequest(new EnvdWire.Selector(pid), input.apply(piece)),
          EnvdWire.Empty.class,
          operation);
    }
  }

  /**
   * Closes the stdin of a process, which then reads its end. Needs envd 0.5.2 or later. A stdin
   * that is closed or never was open is no failure.
   *
   * @throws NotFoundException if no such process lives
   */
  public void closeStdin(long pid) {
    envd.call(
        "process.Process/CloseStdin",
        new EnvdWire.ProcessRequest(new EnvdWire.Selector(pid)),
        EnvdWire.Empty.class,
        envd.named("close the stdin of pid " + pid));
  }

  void resize(long pid, TerminalSize size) {
    envd.call(
        "process.Process/Update",
        new EnvdWire.UpdateRequest(new EnvdWire.Selector(pid), size.wire()),
        EnvdWire.Empty.class,
        envd.named("resize the terminal of pid " + pid));
  }
}
