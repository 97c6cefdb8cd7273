package dev.repofleet.starter.embedded;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Stands for a verb that this build can't carry out, whatever its options, and says so. */
@Command(
    mixinStandardHelpOptions = true,
    description = "Not in this build, which has no sandboxes for this machine.")
final class LeftOutCommand implements Callable<Integer> {
  private final String name;

  private LeftOutCommand(String name) {
    this.name = name;
  }

  /** Below a command, under the name of the verb. */
  static void addTo(CommandLine parent, String name) {
    String whole = parent.getCommandSpec().qualifiedName() + " " + name;
    parent.addSubcommand(
        name, new CommandLine(new LeftOutCommand(whole)).setUnmatchedArgumentsAllowed(true));
  }

  @Override
  public Integer call() {
    throw LocalSandboxes.leftOut("`" + name + "`");
  }
}
