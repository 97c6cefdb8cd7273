package dev.repofleet.starter;

import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code generate-completion}: picocli's script, but with files and folders wherever it knows
 * nothing to offer. Targets are texts, since they may be URLs, so it would offer nothing there.
 */
@Command(
    name = "generate-completion",
    mixinStandardHelpOptions = true,
    description = "Prints a script that completes commands and options in bash and zsh.",
    footer = {
      "",
      "Example, for the shell it is typed in:",
      "  source <(repofleet generate-completion)"
    })
final class GenerateCompletionCommand implements Callable<Integer> {
  private static final String NO_FILES = "compopt +o default";

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    CommandSpec own = Objects.requireNonNull(spec, "picocli sets it before the call");
    CommandLine root = own.root().commandLine();
    Terminal.of(own)
        .tell(
            AutoComplete.bash(root.getCommandName(), root)
                .lines()
                .filter(line -> !line.endsWith(NO_FILES))
                .collect(Collectors.joining("\n")));
    return ExitCode.OK.number();
  }
}
