package dev.repofleet.e2b.local.simulated;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What the run script's files and processes say of one turn. Reads on every call. Guarded by the
 * machine's lock.
 */
final class RunFolder {
  private static final Pattern NUMBER = Pattern.compile("0|[1-9]\\d{0,8}");

  private final SimulatedProcess process;
  private final String root;
  private final String turn;

  /**
   * @param turn generation and turn, such as {@code 0.0}
   */
  RunFolder(SimulatedProcess process, String turn) {
    String asked = process.variable("RF_ROOT");
    this.process = process;
    this.root = asked.isEmpty() ? "/var/lib/repofleet" : asked;
    this.turn = turn;
  }

  String root() {
    return root;
  }

  String key(int incarnation) {
    return turn + "." + incarnation;
  }

  String run(int incarnation) {
    return root + "/runs/" + key(incarnation);
  }

  String asked(int incarnation) {
    return root + "/turns/" + key(incarnation);
  }

  String stopFile() {
    return root + "/turns/" + turn + "/stop";
  }

  boolean stopped() {
    return files().exists(stopFile());
  }

  boolean fencedBy(String fence) {
    return !fence.isEmpty() && files().text(root + "/fence").strip().equals(fence);
  }

  /** The lowest incarnation that counts here; those before were lost with another sandbox. */
  int lowest() {
    String[] words = files().text(root + "/base").strip().split(" ", -1);
    boolean ours = words.length == 3 && turn.equals(words[0] + "." + words[1]);
    return ours ? Integer.parseInt(words[2]) : 0;
  }

  /** The highest incarnation that was asked for; -1 for none. */
  int newest() {
    int newest = -1;
    if (!files().exists(root + "/runs")) {
      return newest;
    }
    String prefix = root + "/runs/" + turn + ".";
    for (FileInfo entry : files().list(root + "/runs", 1, MemoryFiles.ROOT)) {
      String rest = entry.path().startsWith(prefix) ? entry.path().substring(prefix.length()) : "";
      if (NUMBER.matcher(rest).matches()) {
        newest = Math.max(newest, Integer.parseInt(rest));
      }
    }
    return newest;
  }

  /** The agents of an incarnation that live. */
  List<SimulatedProcess> agents(int incarnation) {
    return process.machine().having("RF_RUN", key(incarnation));
  }

  String kind(int incarnation) {
    String run = run(incarnation);
    if (files().exists(run + "/void")) {
      return "died";
    }
    if (!agents(incarnation).isEmpty()) {
      return "running";
    }
    if (files().exists(run + "/rc")) {
      return "finished";
    }
    return files().exists(run + "/meta") ? "died" : "starting";
  }

  long out(int incarnation) {
    return files().stat(run(incarnation) + "/out").map(FileInfo::size).orElse(0L);
  }

  long age(int incarnation) {
    Instant since =
        files()
            .stat(run(incarnation) + "/meta")
            .or(() -> files().stat(run(incarnation)))
            .map(FileInfo::modified)
            .orElseGet(process.machine().clock()::instant);
    return Duration.between(since, process.machine().clock().instant()).toSeconds();
  }

  /** The script's line about the turn. */
  String line() {
    int incarnation = newest();
    if (incarnation < lowest()) {
      return stopped() ? "stopped" : "none";
    }
    String kind = kind(incarnation);
    String word = stopped() && !kind.equals("running") ? "stopped" : kind;
    if (word.equals("starting")) {
      return "starting i=%d age=%d".formatted(incarnation, age(incarnation));
    }
    String code = files().text(run(incarnation) + "/rc").strip();
    String rc = word.equals("running") || code.isEmpty() ? "" : " rc=" + code;
    return "%s i=%d%s out=%d age=%d"
        .formatted(word, incarnation, rc, out(incarnation), age(incarnation));
  }

  private MemoryFiles files() {
    return process.files();
  }
}
