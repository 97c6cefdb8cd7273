package dev.repofleet.artifacts.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.repofleet.artifacts.Parts;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A server of tools for the agent, as one entry of {@code mcpServers} in an MCP configuration: a
 * program in the sandbox, or a URL.
 *
 * <p>{@code ${NAME}} in the URL, a header or a variable stands for a secret of the plan. The agent
 * puts the value in, out of its environment; it is never in this record, in a file or on a command
 * line.
 *
 * @param type {@code stdio} for a program, {@code http} or {@code sse} for a URL; absent: by what
 *     is there, {@code http} for a URL
 * @param url of the server; exactly one of this and the command is there
 * @param headers of each request
 * @param command program to start
 * @param args of the program
 * @param env variables for the program
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record McpServer(
    String type,
    @Nullable String url,
    Map<String, String> headers,
    @Nullable String command,
    List<String> args,
    Map<String, String> env) {
  /** For a program. */
  public static final String STDIO = "stdio";

  /** What {@link #type} may be. */
  public static final List<String> TYPES = List.of(STDIO, "http", "sse");

  /** What the agent takes for a reference to one of its variables, a default value included. */
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^}]*)}");

  /** Fills in the type; refuses a server that is neither a program nor a URL, or is both. */
  public McpServer {
    headers = Parts.map(headers);
    args = Parts.list(args);
    env = Parts.map(env);
    if ((url == null || url.isBlank()) == (command == null || command.isBlank())) {
      throw new IllegalArgumentException("an MCP server has a url or a command, and not both");
    }
    type = type == null ? (command == null ? "http" : STDIO) : type;
    if (!TYPES.contains(type)) {
      throw new IllegalArgumentException("an MCP server's type is one of " + TYPES);
    }
    if (type.equals(STDIO) != (command != null)) {
      throw new IllegalArgumentException(
          "an MCP server of type "
              + type
              + " needs its "
              + (type.equals(STDIO) ? "command" : "url"));
    }
    if (!references(Stream.concat(Stream.ofNullable(command), args.stream())).isEmpty()) {
      throw new IllegalArgumentException(
          "the command line of an MCP server is there for every process to see, so it can't refer"
              + " to a secret; give it by 'env'");
    }
  }

  /** Of parts as they were written; an absent type goes by what is there. */
  @SuppressWarnings("NullAway") // the compact constructor replaces an absent type
  public static McpServer of(
      @Nullable String type,
      @Nullable String url,
      Map<String, String> headers,
      @Nullable String command,
      List<String> args,
      Map<String, String> env) {
    return new McpServer(type, url, headers, command, args, env);
  }

  /** A server at a URL. */
  public static McpServer http(String url, Map<String, String> headers) {
    return new McpServer("http", url, headers, null, List.of(), Map.of());
  }

  /** A program in the sandbox. */
  public static McpServer stdio(String command, List<String> args, Map<String, String> env) {
    return new McpServer(STDIO, null, Map.of(), command, args, env);
  }

  /** What stands between <code>${</code> and <code>}</code> anywhere in it, in order. */
  public Set<String> references() {
    return references(
        Stream.of(Stream.ofNullable(url), headers.values().stream(), env.values().stream())
            .flatMap(values -> values));
  }

  private static Set<String> references(Stream<String> values) {
    Set<String> names = new LinkedHashSet<>();
    values.forEach(
        value -> {
          for (Matcher matcher = REFERENCE.matcher(value); matcher.find(); ) {
            names.add(matcher.group(1));
          }
        });
    return names;
  }
}
