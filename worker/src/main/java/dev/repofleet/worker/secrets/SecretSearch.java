package dev.repofleet.worker.secrets;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * Looks through bytes that come in pieces for every spelling of every known secret at once, also
 * across the pieces: an automaton after Aho and Corasick, so that a long patch is read once. For
 * one thread.
 */
public final class SecretSearch {
  private static final int BYTES = 256;

  private final int[][] next;
  private final String[] found;
  private int state;
  private String result = "";

  SecretSearch(Map<String, String> spellings) {
    int size = 1 + spellings.keySet().stream().mapToInt(SecretSearch::length).sum();
    next = new int[size][];
    found = new String[size];
    Arrays.fill(found, "");
    next[0] = new int[BYTES];
    int used = 1;
    for (Map.Entry<String, String> spelling : spellings.entrySet()) {
      int node = 0;
      for (byte b : spelling.getKey().getBytes(StandardCharsets.UTF_8)) {
        if (next[node][b & 0xff] == 0) {
          next[used] = new int[BYTES];
          next[node][b & 0xff] = used++;
        }
        node = next[node][b & 0xff];
      }
      found[node] = spelling.getValue();
    }
    link(used);
  }

  private static int length(String spelling) {
    return spelling.getBytes(StandardCharsets.UTF_8).length;
  }

  /** Where no edge leads on, goes on from the longest ending that is a beginning. */
  private void link(int used) {
    int[] fallback = new int[used];
    int[] queue = new int[used];
    int tail = 0;
    for (int child : next[0]) {
      if (child != 0) {
        queue[tail++] = child;
      }
    }
    for (int head = 0; head < tail; head++) {
      int node = queue[head];
      if (found[node].isEmpty()) {
        found[node] = found[fallback[node]];
      }
      for (int b = 0; b < BYTES; b++) {
        int child = next[node][b];
        int other = next[fallback[node]][b];
        if (child == 0) {
          next[node][b] = other;
        } else {
          fallback[child] = other;
          queue[tail++] = child;
        }
      }
    }
  }

  /** Goes on with the first {@code length} of these bytes. */
  public void accept(byte[] bytes, int length) {
    for (int i = 0; i < length && result.isEmpty(); i++) {
      state = next[state][bytes[i] & 0xff];
      result = found[state];
    }
  }

  /** What kind of secret was found first; empty when none was. */
  public String kind() {
    return result;
  }
}
