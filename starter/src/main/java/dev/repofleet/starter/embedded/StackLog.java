package dev.repofleet.starter.embedded;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import dev.repofleet.worker.log.LogEncoders;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where this process's log goes and what it looks like. None of its lines holds a secret of the
 * environment. Every method does nothing where the logging is not logback's.
 */
public final class StackLog {
  /** With the workflow's id, which tells batch and repository, where the line is of one. */
  private static final String LINE =
      "%-5level %logger{20} %msg%replace( [%X{WorkflowId}]){' \\[\\]', ''}%n";

  static final String ON_CONSOLE = "%d{HH:mm:ss} " + LINE + "%ex{short}";
  private static final String IN_FILE = "%d{ISO8601} " + LINE + "%ex";

  private StackLog() {}

  /**
   * To standard error from now on, at the levels there are: warnings only.
   *
   * @throws IllegalArgumentException with a sentence for people when the environment asks for a
   *     format that there is not
   */
  public static void toConsole(Map<String, String> environment) {
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setTarget("System.err");
    replaceBy(console, "console", ON_CONSOLE, environment);
  }

  /**
   * To a file from now on; INFO and above, appended. A stack shares its process with a command that
   * talks to a person: what the worker logs must not run through that talk.
   */
  static void to(Path file, Map<String, String> environment) {
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setFile(file.toString());
    replaceBy(appender, "stack", IN_FILE, environment);
    context().ifPresent(context -> root(context).setLevel(Level.INFO));
  }

  private static void replaceBy(
      OutputStreamAppender<ILoggingEvent> appender,
      String name,
      String pattern,
      Map<String, String> environment) {
    if (context().isEmpty()) {
      return;
    }
    LoggerContext context = context().get();
    appender.setContext(context);
    appender.setName(name);
    appender.setEncoder(LogEncoders.of(context, pattern, environment));
    appender.start();
    root(context).detachAndStopAllAppenders();
    root(context).addAppender(appender);
  }

  /** INFO and above of this project, where the default is warnings only. */
  static void informing() {
    context().ifPresent(context -> context.getLogger("dev.repofleet").setLevel(Level.INFO));
  }

  private static ch.qos.logback.classic.Logger root(LoggerContext context) {
    return context.getLogger(Logger.ROOT_LOGGER_NAME);
  }

  private static Optional<LoggerContext> context() {
    return LoggerFactory.getILoggerFactory() instanceof LoggerContext context
        ? Optional.of(context)
        : Optional.empty();
  }
}
