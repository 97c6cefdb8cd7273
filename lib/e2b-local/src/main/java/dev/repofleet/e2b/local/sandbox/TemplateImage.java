package dev.repofleet.e2b.local.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.machine.LinuxUser;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a sandbox starts from.
 *
 * @param templateId told as the template of the sandbox
 * @param alias a name of it; empty if it has none
 * @param claude whether Claude Code is in it
 * @param files a tree to copy; null for a bare one
 * @param variables of every command
 * @param user who runs commands that name nobody
 * @param directory where commands start that name none; empty for the user's home
 * @param startCommand runs once in each new sandbox; empty for none
 */
public record TemplateImage(
    String templateId,
    String alias,
    boolean claude,
    @Nullable Path files,
    Map<String, String> variables,
    LinuxUser user,
    String directory,
    String startCommand) {
  public TemplateImage {
    variables = Map.copyOf(variables);
  }

  /** One of the templates that every server has. */
  public static TemplateImage builtIn(String name, boolean claude) {
    return new TemplateImage(name, name, claude, null, Map.of(), LinuxUser.USER, "", "");
  }

  /** Reads what {@link #describe} wrote. */
  public static TemplateImage described(
      ObjectNode json, String id, String alias, @Nullable Path files) {
    return new TemplateImage(
        id,
        alias,
        json.path("claude").asBoolean(),
        files,
        NewSandbox.strings(json, "variables"),
        LinuxUser.named(json.path("user").asText()),
        json.path("directory").asText(),
        json.path("startCommand").asText());
  }

  /** Writes all but its names and its files. */
  public void describe(ObjectNode json) {
    json.put("claude", claude);
    ObjectNode values = json.putObject("variables");
    variables.forEach(values::put);
    json.put("user", user.login()).put("directory", directory).put("startCommand", startCommand);
  }

  /** The same with the files of a sandbox that was made from it. */
  public TemplateImage with(String id, String name, Path tree) {
    return new TemplateImage(id, name, claude, tree, variables, user, directory, startCommand);
  }
}
