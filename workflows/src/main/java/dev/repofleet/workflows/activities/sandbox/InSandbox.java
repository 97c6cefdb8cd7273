package dev.repofleet.workflows.activities.sandbox;

import org.jspecify.annotations.Nullable;

/** An activity's input that names the sandbox it is about, so that logs can name it too. */
public interface InSandbox {
  /** Absent when none is known. */
  @Nullable String sandboxId();
}
