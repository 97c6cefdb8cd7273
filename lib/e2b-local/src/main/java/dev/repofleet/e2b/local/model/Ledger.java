package dev.repofleet.e2b.local.model;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Every call that reached the model, what was asked and what was given: the other side's account,
 * to hold a program's own sums against. Thread-safe; kept in memory, never shortened.
 */
public final class Ledger {
  private final Clock clock;
  private final List<Call> calls = new ArrayList<>();

  Ledger(Clock clock) {
    this.clock = clock;
  }

  /** What became of a call. */
  public enum Outcome {
    /** The model is still thinking, or writing. */
    OPEN,
    /** The whole answer was written. */
    ANSWERED,
    /** The client went away before the whole answer was written. */
    ABANDONED,
    /** The answer was an API error. */
    REFUSED
  }

  /**
   * One call of {@code POST /v1/messages}.
   *
   * @param number from 1, in the order of arrival
   * @param at when it arrived
   * @param sessionId of the client, or null when the request carried none
   * @param model as the request names it
   * @param messages length of the conversation, the client's insertions included
   * @param conversation a digest of what was said and done, without the client's insertions; two
   *     calls with the same one ask for the same reply
   * @param status HTTP status of the answer
   * @param outcome so far
   * @param usage of the answer; none for a refused call
   */
  public record Call(
      int number,
      Instant at,
      @Nullable String sessionId,
      String model,
      int messages,
      String conversation,
      int status,
      Outcome outcome,
      Usage usage) {
    /** Refuses null parts. */
    public Call {
      Objects.requireNonNull(at, "at");
      Objects.requireNonNull(model, "model");
      Objects.requireNonNull(conversation, "conversation");
      Objects.requireNonNull(outcome, "outcome");
      Objects.requireNonNull(usage, "usage");
    }

    private Call with(Outcome changed) {
      return new Call(number, at, sessionId, model, messages, conversation, status, changed, usage);
    }
  }

  /**
   * Sums over calls.
   *
   * @param calls all of them
   * @param answered those whose whole answer was written
   * @param usage of the answered calls alone: the sum that a client can know of
   * @param abandonedUsage of calls whose client went away: a real provider may charge for them
   */
  public record Totals(int calls, int answered, Usage usage, Usage abandonedUsage) {}

  /** All calls so far, oldest first: a copy. */
  public List<Call> calls() {
    synchronized (calls) {
      return List.copyOf(calls);
    }
  }

  /** The calls of one session so far, oldest first: a copy. */
  public List<Call> calls(String sessionId) {
    return calls().stream().filter(call -> sessionId.equals(call.sessionId())).toList();
  }

  /** Sums over all calls. */
  public Totals totals() {
    return sum(calls());
  }

  /** Sums over one session; zero for a session that never called. */
  public Totals totals(String sessionId) {
    return sum(calls(sessionId));
  }

  /** Sums by session, in order of the first call; calls without a session are under "". */
  public Map<String, Totals> totalsBySession() {
    Map<String, List<Call>> bySession = new LinkedHashMap<>();
    for (Call call : calls()) {
      String session = Objects.requireNonNullElse(call.sessionId(), "");
      bySession.computeIfAbsent(session, unused -> new ArrayList<>()).add(call);
    }
    Map<String, Totals> totals = new LinkedHashMap<>();
    bySession.forEach((session, of) -> totals.put(session, sum(of)));
    return totals;
  }

  /** Enters a call and returns its number. */
  int open(Conversation conversation, int messages, String digest, int status, Usage usage) {
    synchronized (calls) {
      int number = calls.size() + 1;
      calls.add(
          new Call(
              number,
              clock.instant(),
              conversation.sessionId(),
              conversation.model(),
              messages,
              digest,
              status,
              Outcome.OPEN,
              usage));
      return number;
    }
  }

  /** Closes an open call; a call that is closed already stays as it is. */
  void close(int number, Outcome outcome) {
    synchronized (calls) {
      Call call = calls.get(number - 1);
      if (call.outcome() == Outcome.OPEN) {
        calls.set(number - 1, call.with(outcome));
      }
    }
  }

  private static Totals sum(List<Call> calls) {
    int answered = 0;
    Usage usage = Usage.NONE;
    Usage abandoned = Usage.NONE;
    for (Call call : calls) {
      if (call.outcome() == Outcome.ANSWERED) {
        answered++;
        usage = usage.plus(call.usage());
      } else if (call.outcome() == Outcome.ABANDONED) {
        abandoned = abandoned.plus(call.usage());
      }
    }
    return new Totals(calls.size(), answered, usage, abandoned);
  }
}
