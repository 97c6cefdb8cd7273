package dev.repofleet.e2b.local.machine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.wire.RpcCode;
import dev.repofleet.e2b.local.wire.RpcException;
import dev.repofleet.e2b.local.wire.Wire;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a Start request asks for.
 *
 * @param directory where it starts; null for the usual place
 * @param stdin whether its standard input is a pipe that stays open
 * @param terminal its size, for a process in a terminal; null for one without
 */
public record ProcessConfig(
    String command,
    List<String> arguments,
    Map<String, String> environment,
    @Nullable String directory,
    @Nullable String tag,
    boolean stdin,
    @Nullable TerminalSize terminal) {
  public ProcessConfig {
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
  }

  public static ProcessConfig of(ObjectNode request) {
    JsonNode process = request.path("process");
    TerminalSize terminal = request.hasNonNull("pty") ? TerminalSize.of(request.get("pty")) : null;
    List<String> arguments = new ArrayList<>();
    process.path("args").forEach(word -> arguments.add(clean(word.asText())));
    Map<String, String> environment = new LinkedHashMap<>();
    process
        .path("envs")
        .properties()
        .forEach(entry -> environment.put(entry.getKey(), clean(entry.getValue().asText())));
    String command = clean(process.path("cmd").asText(""));
    if (command.isEmpty()) {
      throw new RpcException(RpcCode.INVALID_ARGUMENT, "process.cmd is missing");
    }
    return new ProcessConfig(
        command,
        arguments,
        environment,
        text(process, "cwd"),
        text(request, "tag"),
        // Left out means an open pipe: envd's rule for old clients (E2B contract, 4.2).
        terminal != null || request.path("stdin").asBoolean(true),
        terminal);
  }

  /** The same, starting here unless the caller said where; empty changes nothing. */
  public ProcessConfig in(String usual) {
    return directory != null || usual.isEmpty()
        ? this
        : new ProcessConfig(command, arguments, environment, usual, tag, stdin, terminal);
  }

  /** Where it starts: as asked for, else at home. */
  public String directoryFor(LinuxUser user) {
    return directory == null ? user.home() : SandboxPaths.absolute(directory, user);
  }

  /** As List shows it: with the variables, like envd. */
  public ObjectNode json() {
    ObjectNode config = Wire.object().put("cmd", command);
    if (!arguments.isEmpty()) {
      arguments.forEach(config.putArray("args")::add);
    }
    if (!environment.isEmpty()) {
      ObjectNode all = config.putObject("envs");
      environment.forEach(all::put);
    }
    if (directory != null) {
      config.put("cwd", directory);
    }
    return config;
  }

  private static @Nullable String text(JsonNode node, String name) {
    String value = clean(node.path(name).asText(""));
    return value.isEmpty() ? null : value;
  }

  private static String clean(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new RpcException(RpcCode.INVALID_ARGUMENT, "a NUL character can't be passed on");
    }
    return text;
  }
}
