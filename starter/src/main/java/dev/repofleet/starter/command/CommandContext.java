package dev.repofleet.starter.command;

import java.io.InputStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * The world a command runs in; tests make one of their own.
 *
 * @param environment variables of the process
 * @param workingDirectory absolute; relative paths start here
 * @param home of the person
 * @param in standard input
 * @param clock for ids and events; its zone is that of times for people
 * @param random for ids
 * @param localStacks what {@code --local} starts
 */
public record CommandContext(
    Map<String, String> environment,
    Path workingDirectory,
    Path home,
    InputStream in,
    Clock clock,
    RandomGenerator random,
    LocalStack.Starter localStacks) {
  /** Takes a copy of the environment. */
  public CommandContext {
    environment = Map.copyOf(environment);
    Objects.requireNonNull(workingDirectory, "workingDirectory");
    Objects.requireNonNull(home, "home");
    Objects.requireNonNull(in, "in");
    Objects.requireNonNull(clock, "clock");
    Objects.requireNonNull(random, "random");
    Objects.requireNonNull(localStacks, "localStacks");
  }

  /** This process's own. */
  public static CommandContext ofProcess(LocalStack.Starter localStacks) {
    Map<String, String> environment = System.getenv();
    String home = environment.getOrDefault("HOME", "");
    return new CommandContext(
        environment,
        Path.of("").toAbsolutePath(),
        Path.of(home.isBlank() ? System.getProperty("user.home", "/") : home),
        System.in,
        Clock.system(ZoneId.systemDefault()),
        new SecureRandom(),
        localStacks);
  }
}
