package dev.repofleet.e2b;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A live process that envd has started. Its environment is left out on purpose: it may hold
 * secrets.
 *
 * @param pid the process's id inside the sandbox
 * @param argv program and arguments
 * @param cwd the working directory that was asked for, if one was
 * @param tag the label it was started with, if any; labels are not unique
 */
public record ProcessInfo(long pid, List<String> argv, @Nullable String cwd, @Nullable String tag) {

  /** Copies the arguments. */
  public ProcessInfo {
    argv = List.copyOf(argv);
  }
}
