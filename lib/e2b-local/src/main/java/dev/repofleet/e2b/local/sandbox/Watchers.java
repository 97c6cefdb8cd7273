package dev.repofleet.e2b.local.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.http.EventStream;
import dev.repofleet.e2b.local.wire.Ids;
import dev.repofleet.e2b.local.wire.Redaction;
import dev.repofleet.e2b.local.wire.RpcCode;
import dev.repofleet.e2b.local.wire.RpcException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The watchers of one sandbox: those that collect events until they are asked for, and the streams
 * of the others. Thread-safe.
 */
public final class Watchers {
  private static final int MOST = 100;

  /** Of one watcher; the oldest make room. */
  private static final int MOST_EVENTS = 10_000;

  private final Map<String, Collected> all = new ConcurrentHashMap<>();

  private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();

  /** Counts a stream in until it ends. */
  public void attach(EventStream stream) {
    streams.add(stream);
    stream.onRelease(() -> streams.remove(stream));
  }

  void cutStreams() {
    streams.forEach(EventStream::cut);
  }

  /** One watcher's events so far. */
  public final class Collected {
    private final String id;
    private final Deque<ObjectNode> events = new ArrayDeque<>();

    private Collected(String id) {
      this.id = id;
    }

    public String id() {
      return id;
    }

    /** Takes events; false once the watcher was removed. */
    public synchronized boolean add(List<ObjectNode> more) {
      events.addAll(more);
      while (events.size() > MOST_EVENTS) {
        events.removeFirst();
      }
      return all.containsKey(id);
    }

    private synchronized List<ObjectNode> drain() {
      List<ObjectNode> drained = new ArrayList<>(events);
      events.clear();
      return drained;
    }
  }

  public Collected add() {
    if (all.size() >= MOST) {
      throw new RpcException(
          RpcCode.RESOURCE_EXHAUSTED,
          "the sandbox has %d watchers; remove one first".formatted(MOST));
    }
    Collected made = new Collected(Ids.random("w"));
    all.put(made.id(), made);
    return made;
  }

  /** What has come since the last call. */
  public List<ObjectNode> drain(String id) {
    Collected found = all.get(id);
    if (found == null) {
      throw notFound(id);
    }
    return found.drain();
  }

  public void remove(String id) {
    if (all.remove(id) == null) {
      throw notFound(id);
    }
  }

  private static RpcException notFound(String id) {
    return new RpcException(
        RpcCode.NOT_FOUND, "watcher with id " + Redaction.printable(id) + " not found");
  }
}
