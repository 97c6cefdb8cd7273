package dev.repofleet.starter.command;

import dev.repofleet.starter.render.PlainText;
import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Where a command writes: data on standard output, talk on standard error. Thread-safe as its
 * writers are.
 *
 * @param out for data
 * @param err for talk
 */
public record Terminal(PrintWriter out, PrintWriter err) {

  /** The one of a command that picocli runs. */
  public static Terminal of(@Nullable CommandSpec spec) {
    CommandSpec known = Objects.requireNonNull(spec, "picocli sets it before the call");
    return new Terminal(known.commandLine().getOut(), known.commandLine().getErr());
  }

  /** One line of talk, seen at once. */
  public void say(String line) {
    err.println(line);
    err.flush();
  }

  /** One line of data, seen at once by the program that reads it. */
  public void tell(String line) {
    out.println(line);
    out.flush();
  }

  /** One line of JSON as data: what would act on a terminal is escaped, which changes no value. */
  public void tellJson(String line) {
    tell(PlainText.inJson(line));
  }
}
