package dev.repofleet.worker.forge;

import java.util.Map;
import org.kohsuke.github.GHPermissionType;

/** What a token for one repository is to be used for; a minted one can do no more. */
public enum Access {
  /** Lists refs and clones. */
  READ,
  /** Pushes a branch and opens a pull request. */
  PUBLISH,
  /** The same, with changes to workflow files, which GitHub lets nobody push without. */
  PUBLISH_WORKFLOWS,
  /** Uploads results of code scanning. */
  SARIF,
  /** Asks what became of pull requests and their checks. */
  LOOK;

  /** By GitHub's names of an App's permissions. */
  Map<String, GHPermissionType> permissions() {
    return switch (this) {
      case READ -> Map.of("contents", GHPermissionType.READ);
      case PUBLISH ->
          Map.of("contents", GHPermissionType.WRITE, "pull_requests", GHPermissionType.WRITE);
      case PUBLISH_WORKFLOWS ->
          Map.of(
              "contents", GHPermissionType.WRITE,
              "pull_requests", GHPermissionType.WRITE,
              "workflows", GHPermissionType.WRITE);
      case LOOK ->
          Map.of(
              "contents", GHPermissionType.READ,
              "pull_requests", GHPermissionType.READ,
              "checks", GHPermissionType.READ);
      case SARIF ->
          Map.of("contents", GHPermissionType.READ, "security_events", GHPermissionType.WRITE);
    };
  }
}
