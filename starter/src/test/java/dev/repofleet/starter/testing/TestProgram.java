package dev.repofleet.starter.testing;

import dev.repofleet.starter.RepoFleetCommand;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.LocalStack;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import picocli.CommandLine;

/**
 * The program in this process, in a folder of its own. Without Temporal: nobody listens on the port
 * it is given.
 */
public final class TestProgram {
  /** The time at which all of it happens, unless it is told another. */
  public static final Instant NOW = Instant.parse("2024-05-06T07:08:09Z");

  private final Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private String input = "";
  private Instant now = NOW;
  private LocalStack.Starter localStacks =
      (options, talk) -> {
        throw new AssertionError("no stack was to be started");
      };

  /** A program whose working directory is this. */
  public TestProgram(Path folder) {
    this.folder = folder;
    environment.put("PATH", System.getenv().getOrDefault("PATH", ""));
    environment.put("TEMPORAL_ADDRESS", "127.0.0.1:1");
    environment.put("TEMPORAL_NAMESPACE", "default");
    environment.put("REPOFLEET_DATA", folder.resolve("data").toString());
  }

  /** Sets a variable. */
  public TestProgram with(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** Sets what stands on standard input. */
  public TestProgram reading(String text) {
    input = text;
    return this;
  }

  /** Sets the time. */
  public TestProgram at(Instant time) {
    now = time;
    return this;
  }

  /** Sets what {@code --local} starts. */
  public TestProgram starting(LocalStack.Starter starter) {
    localStacks = starter;
    return this;
  }

  /** The world its commands run in. */
  public CommandContext context() {
    return new CommandContext(
        environment,
        folder,
        folder,
        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
        Clock.fixed(now, ZoneOffset.UTC),
        new Random(7),
        localStacks);
  }

  /** Runs one command to its end. */
  public Outcome run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line =
        RepoFleetCommand.line(context(), more -> {})
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    return new Outcome(line.execute(arguments), out.toString(), err.toString());
  }

  /**
   * What a command left.
   *
   * @param exit code
   * @param out standard output
   * @param err standard error
   */
  public record Outcome(int exit, String out, String err) {}
}
