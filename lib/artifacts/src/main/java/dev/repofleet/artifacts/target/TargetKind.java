package dev.repofleet.artifacts.target;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a repository of the manifest gets into its sandbox. */
public enum TargetKind {
  /** Cloned from its URL. */
  @JsonProperty("git")
  GIT,

  /** Fetched from a Git bundle in the artifact store: a path on the machine that started it. */
  @JsonProperty("bundle")
  BUNDLE,

  /** Not at all: a path whose repository lacks what was asked for. Its review fails at once. */
  @JsonProperty("unusable")
  UNUSABLE
}
