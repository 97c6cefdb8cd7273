package dev.repofleet.e2b.local;

import java.util.Locale;

/** What a {@link Fault} does to a request. On the wire their names are in lower case. */
public enum FaultKind {
  /** The connection of a stream is cut without a trailer, after some frames. */
  CUT_STREAM,
  /** A stream ends with its trailer, but the process's end is not told. */
  MISSING_END,
  /** A stream goes silent after some frames, without keepalives, and stays open. */
  FROZEN_STREAM,
  /** 502 "The sandbox was not found", while it lives. */
  GONE,
  /** 409 "The sandbox is still transitioning". */
  TRANSITIONING,
  /** 429 of the route limiter, with Retry-After. */
  RATE_LIMITED,
  /** 429 of the quota, without Retry-After. */
  QUOTA,
  /**
   * envd dies and comes back: the sandbox's streams are cut, its process table is empty, and this
   * request gets 502 "port is not open". What ran goes on, unlisted.
   */
  RESTART_ENVD,
  /** 500; the request is not served. */
  INTERNAL_ERROR,
  /** The request is served, and the connection is cut in place of its answer. */
  LOST_ANSWER,
  /** The request waits before it is served. Goes together with any other. */
  LATENCY;

  /** Whether it can be about a route: what is done to streams fits streams only. */
  boolean fits(FaultRoute route) {
    return switch (this) {
      case CUT_STREAM, MISSING_END, FROZEN_STREAM ->
          route == FaultRoute.START || route == FaultRoute.ATTACH;
      default -> true;
    };
  }

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
