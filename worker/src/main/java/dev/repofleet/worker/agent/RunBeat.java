package dev.repofleet.worker.agent;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Heartbeat details of a run: what a follower that takes over goes on from. Numbers only, since the
 * UI shows them to everybody.
 *
 * @param progress of the run
 * @param live up to where its output is in the live view; absent when nothing of it is
 */
record RunBeat(RunProgress progress, LiveEvents.@Nullable Position live) {
  static final RunBeat NONE = new RunBeat(RunProgress.NONE, null);

  RunBeat {
    Objects.requireNonNull(progress, "progress");
  }
}
