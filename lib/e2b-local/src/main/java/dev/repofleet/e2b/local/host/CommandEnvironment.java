package dev.repofleet.e2b.local.host;

import dev.repofleet.e2b.local.machine.LinuxUser;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The variables of a sandbox's commands: nothing of the host's passes. Immutable. */
public final class CommandEnvironment {
  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** A shell can't assign these. */
  private static final Set<String> READ_ONLY =
      Set.of("UID", "EUID", "PPID", "BASHOPTS", "SHELLOPTS", "BASH_VERSINFO");

  private final SandboxRuntime runtime;
  private final String path;
  private final Map<String, String> global;

  /**
   * @param path PATH inside
   * @param global the server's, then the sandbox's own variables
   */
  public CommandEnvironment(SandboxRuntime runtime, String path, Map<String, String> global) {
    this.runtime = runtime;
    this.path = path;
    this.global = new LinkedHashMap<>(global);
  }

  /** All variables of one command; the request's own win. */
  Map<String, String> of(LinuxUser user, Map<String, String> requested) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("PATH", path);
    all.put("HOME", runtime.home(user));
    all.put("USER", user.login());
    all.put("LOGNAME", user.login());
    all.put("SHELL", "/bin/bash");
    all.put("LANG", "C.UTF-8");
    if (!runtime.temporaryDirectory().isEmpty()) {
      all.put("TMPDIR", runtime.temporaryDirectory());
      all.put("E2B_LOCAL_STATE", runtime.toReal("/var/lib/repofleet"));
    }
    all.putAll(global);
    all.putAll(requested);
    all.keySet().removeIf(name -> READ_ONLY.contains(name) || !IDENTIFIER.matcher(name).matches());
    return all;
  }

  /**
   * The variables of the programs that lead into the sandbox: the command's under neutral names, as
   * {@code LD_PRELOAD} and its like must not touch what still runs outside.
   */
  public static Map<String, String> neutral(Map<String, String> variables) {
    Map<String, String> neutral = new HashMap<>();
    neutral.put("PATH", "/usr/bin:/bin");
    int index = 0;
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      neutral.put("E2B_LOCAL_ENV_" + index, variable.getKey() + "=" + variable.getValue());
      index++;
    }
    String mark = variables.get(PlainRuntime.MARK);
    if (mark != null) {
      neutral.put(PlainRuntime.MARK, mark);
    }
    return neutral;
  }
}
