package dev.repofleet.e2b;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The threads that read and write sockets: one for each call in flight, idle ones kept a minute.
 * None of them keeps the JVM alive.
 */
final class ClientThreads {
  private static final String PREFIX = "e2b-http-";

  private ClientThreads() {}

  static ExecutorService newExecutor() {
    return new ThreadPoolExecutor(
        0, Integer.MAX_VALUE, 60, TimeUnit.SECONDS, new SynchronousQueue<>(), factory());
  }

  /** Virtual threads where the runtime has them (21 and later), else daemon threads. */
  private static ThreadFactory factory() {
    try {
      Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
      Class<?> type = Class.forName("java.lang.Thread$Builder");
      Object named = type.getMethod("name", String.class, long.class).invoke(builder, PREFIX, 0L);
      return (ThreadFactory) type.getMethod("factory").invoke(named);
    } catch (NoSuchMethodException
        | ClassNotFoundException
        | IllegalAccessException
        | InvocationTargetException e) {
      return platformFactory();
    }
  }

  private static ThreadFactory platformFactory() {
    AtomicLong count = new AtomicLong();
    return task -> {
      Thread thread = new Thread(task, PREFIX + count.getAndIncrement());
      thread.setDaemon(true);
      return thread;
    };
  }
}
