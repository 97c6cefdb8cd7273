package dev.repofleet.e2b.local.template;

import dev.repofleet.e2b.local.host.Scripts;
import dev.repofleet.e2b.local.machine.ExitStatus;
import dev.repofleet.e2b.local.machine.LinuxUser;
import dev.repofleet.e2b.local.machine.ProcessConfig;
import dev.repofleet.e2b.local.machine.RunningProgram;
import dev.repofleet.e2b.local.machine.SandboxMachine;
import dev.repofleet.e2b.local.machine.SandboxPaths;
import dev.repofleet.e2b.local.sandbox.TemplateImage;
import dev.repofleet.e2b.local.wire.Redaction;
import dev.repofleet.e2b.local.wire.RpcException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Runs the steps of one build in its machine. Not thread-safe. */
final class BuildSteps {
  private static final long STEP_MINUTES = 60;
  private static final int READY_MINUTES = 5;
  private static final int GZIP = 0x1f;

  private final SandboxMachine machine;
  private final TemplateBuild build;
  private final TemplateImage from;
  private final Function<String, Path> uploads;
  private final Map<String, String> variables;
  private LinuxUser user;
  private String directory;

  /**
   * @param uploads where the file of a hash was uploaded to
   */
  BuildSteps(
      SandboxMachine machine,
      TemplateBuild build,
      TemplateImage from,
      Function<String, Path> uploads) {
    this.machine = machine;
    this.build = build;
    this.from = from;
    this.uploads = uploads;
    this.variables = new LinkedHashMap<>(from.variables());
    this.user = from.user();
    this.directory = from.directory();
  }

  /** Runs all; false, and the build has failed, when one of them did. */
  boolean run(BuildRequest request) throws IOException, InterruptedException {
    List<BuildRequest.Step> steps = request.steps();
    for (int index = 0; index < steps.size(); index++) {
      // As E2B counts them: the base is step 0.
      String number = Integer.toString(index + 1);
      try {
        run(steps.get(index), number);
      } catch (RpcException | StepFailure failed) {
        build.fail(String.valueOf(failed.getMessage()), number);
        return false;
      }
    }
    try {
      ready(request);
      return true;
    } catch (RpcException | StepFailure failed) {
      build.fail(String.valueOf(failed.getMessage()), "finalize");
      return false;
    }
  }

  /** What sandboxes of it start from. */
  TemplateImage image(String id, String name, Path tree, String startCommand) {
    return new TemplateImage(
        id,
        name,
        from.claude(),
        tree,
        variables,
        user,
        directory,
        startCommand.isEmpty() ? from.startCommand() : startCommand);
  }

  private static final class StepFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StepFailure(String message) {
      super(message);
    }
  }

  private void run(BuildRequest.Step step, String number) throws IOException, InterruptedException {
    switch (step.type()) {
      case "RUN" -> {
        LinuxUser who = step.argument(1).isEmpty() ? user : LinuxUser.named(step.argument(1));
        build.say("info", "RUN " + Redaction.printable(step.argument(0)), number);
        shell(step.argument(0), who, number);
      }
      case "ENV" -> {
        for (int at = 0; at + 1 < step.arguments().size(); at += 2) {
          variables.put(step.argument(at), step.argument(at + 1));
          // The name alone: a value may be a secret.
          build.say("info", "ENV " + Redaction.printable(step.argument(at)), number);
        }
      }
      case "WORKDIR" -> {
        directory = SandboxPaths.absolute(step.argument(0), user);
        build.say("info", "WORKDIR " + Redaction.printable(directory), number);
        if (!machineHas(directory)) {
          machine.files(user == LinuxUser.ROOT ? user : LinuxUser.ROOT).makeDirectory(directory);
          own(directory, number);
        }
      }
      case "USER" -> {
        user = LinuxUser.named(step.argument(0));
        build.say("info", "USER " + user.login(), number);
      }
      default -> copy(step, number);
    }
  }

  private boolean machineHas(String path) throws IOException {
    try {
      machine.files(LinuxUser.ROOT).stat(path);
      return true;
    } catch (RpcException missing) {
      return false;
    }
  }

  private void own(String path, String number) throws IOException, InterruptedException {
    execute(
        List.of("-c", "chown \"$1\" \"$2\"", "own", user.login(), path),
        LinuxUser.ROOT,
        "/",
        number,
        null);
  }

  private void shell(String script, LinuxUser who, String number)
      throws IOException, InterruptedException {
    execute(List.of("-l", "-c", script), who, directory, number, null);
  }

  private void copy(BuildRequest.Step step, String number)
      throws IOException, InterruptedException {
    String source = step.argument(0);
    String target = step.argument(1);
    build.say(
        "info", "COPY " + Redaction.printable(source) + " " + Redaction.printable(target), number);
    Path upload = uploads.apply(step.filesHash());
    if (!step.filesHash().matches("[A-Za-z0-9_-]{1,128}") || !Files.isRegularFile(upload)) {
      throw new StepFailure("the files of COPY " + source + " were not uploaded");
    }
    LinuxUser owner = step.argument(2).isEmpty() ? user : LinuxUser.named(step.argument(2));
    try (PushbackInputStream tar = new PushbackInputStream(Files.newInputStream(upload))) {
      int first = tar.read();
      if (first >= 0) {
        tar.unread(first);
      }
      execute(
          List.of(
              "-c",
              Scripts.COPY,
              "copy",
              source,
              target,
              owner.login(),
              step.argument(3),
              first == GZIP ? "-z" : ""),
          LinuxUser.ROOT,
          directory.isEmpty() ? user.home() : directory,
          number,
          tar);
    }
  }

  /** Lets the start command run, and waits until it is ready; both end with the build. */
  private void ready(BuildRequest request) throws IOException, InterruptedException {
    if (!request.startCommand().isEmpty()) {
      build.say("info", "START " + Redaction.printable(request.startCommand()), "finalize");
      shell(
          "setsid -f /bin/bash -l -c "
              + Scripts.quoted(request.startCommand())
              + " </dev/null >/dev/null 2>&1",
          user,
          "finalize");
    }
    if (!request.readyCommand().isEmpty()) {
      build.say("info", "READY " + Redaction.printable(request.readyCommand()), "finalize");
      shell(
          "timeout %dm /bin/bash -l -c 'until /bin/bash -l -c \"$0\"; do sleep 0.2; done' %s"
              .formatted(READY_MINUTES, Scripts.quoted(request.readyCommand())),
          user,
          "finalize");
    }
  }

  private void execute(
      List<String> arguments,
      LinuxUser who,
      String where,
      String number,
      @org.jspecify.annotations.Nullable InputStream input)
      throws IOException, InterruptedException {
    ProcessConfig config =
        new ProcessConfig(
            "/bin/bash",
            arguments,
            variables,
            where.isEmpty() ? null : where,
            null,
            input != null,
            null);
    RunningProgram program = machine.launch(config, who);
    Output output = new Output(build, number);
    program.follow(output);
    if (input != null) {
      feed(program, input);
    }
    try {
      ExitStatus status = output.ended.get(STEP_MINUTES, TimeUnit.MINUTES);
      if (status.code() != 0) {
        throw new StepFailure("the command of step " + number + " failed: " + status.text());
      }
    } catch (TimeoutException late) {
      program.signal(true);
      throw new StepFailure(
          "the command of step %s did not end within %d minutes".formatted(number, STEP_MINUTES));
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static void feed(RunningProgram program, InputStream input) throws IOException {
    byte[] chunk = new byte[64 * 1024];
    try {
      for (int length = input.read(chunk); length >= 0; length = input.read(chunk)) {
        program.write(java.util.Arrays.copyOf(chunk, length));
      }
    } catch (IOException refused) {
      // Its exit code and words say why.
      return;
    } finally {
      program.closeStdin();
    }
  }

  /** Output as lines of the log. */
  private static final class Output implements RunningProgram.Follower {
    private static final int LONGEST = 4000;

    private final TemplateBuild build;
    private final String number;
    private final Map<String, StringBuilder> open = new LinkedHashMap<>();
    private final CompletableFuture<ExitStatus> ended = new CompletableFuture<>();

    Output(TemplateBuild build, String number) {
      this.build = build;
      this.number = number;
    }

    @Override
    public synchronized void output(String channel, byte[] bytes, int length) {
      StringBuilder line = open.computeIfAbsent(channel, name -> new StringBuilder());
      String text = new String(bytes, 0, length, StandardCharsets.UTF_8);
      for (int at = 0; at < text.length(); at++) {
        if (text.charAt(at) == '\n' || line.length() >= LONGEST) {
          flush(line);
        }
        if (text.charAt(at) != '\n') {
          line.append(text.charAt(at));
        }
      }
    }

    private void flush(StringBuilder line) {
      build.say("info", line.toString().replaceAll("\\p{Cntrl}", ""), number);
      line.setLength(0);
    }

    @Override
    public synchronized void ended(ExitStatus status) {
      open.values().stream().filter(line -> line.length() > 0).forEach(this::flush);
      ended.complete(status);
    }
  }
}
