package dev.repofleet.e2b.local.fault;

import java.util.Locale;

/** What a {@link Fault} does to a request. On the wire their names are in lower case. */
public enum FaultKind {
  /** The connection of a stream is cut without a trailer, after some frames. */
  CUT_STREAM,
  /** A stream ends with its trailer, but the process's end is not told. */
  MISSING_END,
  /** A stream goes silent after some frames, without keepalives, and stays open. */
  FROZEN_STREAM,
  /** A stream ends in the middle of a frame, after some frames, as if all had been sent. */
  TRUNCATED_FRAME,
  /** In place of a frame, after some frames, comes one that is no JSON; then it goes on. */
  GARBAGE_FRAME,
  /** After some frames a frame begins that claims 2 GiB; nothing follows, and it stays open. */
  HUGE_FRAME,
  /** 502 "The sandbox was not found", while it lives. */
  GONE,
  /** 502 "port is not open", while it lives and envd does. */
  PORT_CLOSED,
  /** 507, as when the disk of the sandbox is full. */
  DISK_FULL,
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
  /** The request is taken and never answered; the connection stays open. */
  NO_ANSWER,
  /** The request is served, and the connection is cut in place of its answer. */
  LOST_ANSWER,
  /** The request waits before it is served. Goes together with any other. */
  LATENCY;

  /** Whether it can be about a route: what is done to streams fits streams only. */
  boolean fits(FaultRoute route) {
    return switch (this) {
      case MISSING_END -> FaultRoute.PROCESS_STREAMS.contains(route);
      case CUT_STREAM, FROZEN_STREAM, TRUNCATED_FRAME, GARBAGE_FRAME, HUGE_FRAME ->
          FaultRoute.PROCESS_STREAMS.contains(route) || route == FaultRoute.WATCH;
      case PORT_CLOSED -> FaultRoute.DATA.contains(route);
      case DISK_FULL -> route == FaultRoute.WRITE;
      default -> true;
    };
  }

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
