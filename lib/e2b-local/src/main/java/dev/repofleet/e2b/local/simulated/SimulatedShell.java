package dev.repofleet.e2b.local.simulated;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The small part of a shell that preparing scripts and tests use: commands one after the other,
 * {@code &&}, {@code ||}, quotes, variables, redirections, and programs of the machine. Anything
 * else ends in exit code 2 and a message. Guarded by the machine's lock.
 */
final class SimulatedShell {
  private static final int UNSUPPORTED = 2;

  private final SimulatedProcess process;
  private final ShellWords words;
  private final Map<String, String> assigned = new HashMap<>();
  private final List<String> parameters;
  private boolean stopAtFailure;
  private int mask = 022;
  private int status;
  private String operator = ";";

  private SimulatedShell(SimulatedProcess process, String text, List<String> parameters) {
    this.process = process;
    this.parameters = parameters;
    this.words = new ShellWords(text, this::variable);
  }

  /**
   * Runs a text to its end, in as many steps as it waits for something.
   *
   * @param parameters {@code $0}, {@code $1}, …
   */
  static void run(SimulatedProcess process, String text, List<String> parameters) {
    new SimulatedShell(process, text, parameters).next();
  }

  private void next() {
    try {
      while (!process.ended()) {
        List<ShellWords.Word> command = new ArrayList<>(words.command());
        if (command.isEmpty()) {
          process.exit(status);
          return;
        }
        String before = operator;
        ShellWords.Word last = command.get(command.size() - 1);
        boolean ends = last.operator() && List.of(";", "&&", "||").contains(last.text());
        operator = ends ? last.text() : ";";
        if (ends) {
          command.remove(command.size() - 1);
        }
        boolean skipped = before.equals("&&") ? status != 0 : before.equals("||") && status == 0;
        if (!skipped && !perform(command)) {
          return;
        }
        if (status != 0 && stopAtFailure && operator.equals(";") && !skipped) {
          process.exit(status);
        }
      }
    } catch (ShellWords.Unsupported unsupported) {
      process.fail(
          UNSUPPORTED, "the simulated shell does not understand " + unsupported.getMessage());
    }
  }

  /** False when it goes on later, by {@link #next}. */
  private boolean perform(List<ShellWords.Word> command) {
    Redirection target = new Redirection();
    List<String> argv = new ArrayList<>();
    for (int at = 0; at < command.size(); at++) {
      ShellWords.Word word = command.get(at);
      if (!word.operator()) {
        argv.add(word.text());
      } else if (word.text().contains("&")) {
        target.add(word.text(), "");
      } else if (at + 1 < command.size()) {
        target.add(word.text(), command.get(++at).text());
      }
    }
    while (!argv.isEmpty() && argv.get(0).matches("\\w+=(?s).*")) {
      String assignment = argv.remove(0);
      int equals = assignment.indexOf('=');
      assigned.put(assignment.substring(0, equals), assignment.substring(equals + 1));
    }
    status = 0;
    return argv.isEmpty() || call(argv, target);
  }

  private boolean call(List<String> argv, Redirection target) {
    try {
      switch (argv.get(0)) {
        case "set" -> stopAtFailure |= argv.size() > 1 && argv.get(1).matches("-\\w*e\\w*");
        case "umask" -> mask = Integer.parseInt(argv.get(1), 8);
        case "exit" -> process.exit(argv.size() > 1 ? Integer.parseInt(argv.get(1)) : status);
        case "sleep" -> {
          process.after(Interpreters.seconds(argv.get(1)), this::next);
          return false;
        }
        default -> {
          SimulatedCoreutils tools = new SimulatedCoreutils(process, mask, target);
          if (!tools.knows(argv.get(0))) {
            return child(argv, target);
          }
          status = tools.run(argv);
        }
      }
    } catch (FileFault refused) {
      target.err(argv.get(0) + ": " + refused.getMessage() + "\n");
      status = 1;
    } catch (NumberFormatException | IndexOutOfBoundsException wrong) {
      target.err(argv.get(0) + ": wrong use\n");
      status = UNSUPPORTED;
    }
    return true;
  }

  private boolean child(List<String> argv, Redirection target) {
    Map<String, String> environment = new HashMap<>(process.environment());
    environment.putAll(assigned);
    AtomicBoolean returned = new AtomicBoolean();
    AtomicBoolean over = new AtomicBoolean();
    ProcessStart start =
        new ProcessStart(argv, environment, process.user(), process.directory(), "");
    ProcessOutput output =
        new ProcessOutput() {
          @Override
          public void out(byte[] bytes) {
            target.out(bytes);
          }

          @Override
          public void err(byte[] bytes) {
            target.err(new String(bytes, StandardCharsets.UTF_8));
          }

          @Override
          public void ended(int code, boolean signalled) {
            status = signalled ? 128 + code : code;
            over.set(true);
            if (returned.get()) {
              afterChild();
            }
          }
        };
    process.machine().start(start, output);
    returned.set(true);
    return over.get();
  }

  private void afterChild() {
    if (status != 0 && stopAtFailure && operator.equals(";")) {
      process.exit(status);
    } else {
      next();
    }
  }

  private String variable(String name) {
    if (name.matches("\\d+")) {
      int index = Integer.parseInt(name);
      return index < parameters.size() ? parameters.get(index) : "";
    }
    return assigned.getOrDefault(name, process.variable(name));
  }

  /** Where the output of one command goes. */
  final class Redirection {
    private String out = "";
    private boolean quietErrors;
    private boolean outToErr;
    private boolean errToOut;

    private void add(String sign, String path) {
      switch (sign) {
        case ">" -> {
          out = path;
          if (!path.equals("/dev/null")) {
            process.files().write(process.absolute(path), new byte[0], process.user(), mask);
          }
        }
        case ">>" -> out = path;
        case ">&2" -> outToErr = true;
        case "2>&1" -> errToOut = true;
        case "2>", "2>>" -> {
          if (!path.equals("/dev/null")) {
            throw new ShellWords.Unsupported("errors written to a file");
          }
          quietErrors = true;
        }
        default -> {
          if (!path.equals("/dev/null")) {
            throw new ShellWords.Unsupported("input from a file");
          }
        }
      }
    }

    void out(String text) {
      out(text.getBytes(StandardCharsets.UTF_8));
    }

    void out(byte[] bytes) {
      if (outToErr) {
        process.err(new String(bytes, StandardCharsets.UTF_8));
      } else if (out.isEmpty()) {
        process.out(bytes);
      } else if (!out.equals("/dev/null")) {
        process.files().append(process.absolute(out), bytes, process.user());
      }
    }

    void err(String text) {
      if (errToOut) {
        out(text);
      } else if (!quietErrors) {
        process.err(text);
      }
    }
  }
}
