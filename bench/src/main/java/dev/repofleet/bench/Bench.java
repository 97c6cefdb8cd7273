package dev.repofleet.bench;

import java.util.Arrays;
import java.util.List;

/** {@code repofleet bench NAME}: measures one thing that the docs claim, and prints it. */
public final class Bench {
  private static final List<String> NAMES = List.of("client");

  private Bench() {}

  /**
   * Runs one benchmark; exits with 2 on wrong use.
   *
   * @param args the benchmark's name, then its own arguments
   */
  public static void main(String[] args) throws Exception {
    if (args.length == 0 || !NAMES.contains(args[0])) {
      System.err.printf(
          "repofleet bench: %s; there are: %s%n",
          args.length == 0 ? "no benchmark named" : "no benchmark is called '" + args[0] + "'",
          String.join(", ", NAMES));
      System.exit(2);
    }
    new ClientBench().run(Arrays.asList(args).subList(1, args.length));
  }
}
