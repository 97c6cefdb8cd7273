package dev.repofleet.artifacts;

/**
 * The names under which artifacts are kept for good; they stand in histories and scripts.
 *
 * <p>All methods return a path in the store, for {@link ArtifactStore#putNamed} and {@link
 * ArtifactUri#of}.
 */
public final class ArtifactPaths {
  /** The folder of all batches, a folder for each below it. */
  public static final String BATCHES = "batches";

  /** The folder of all results, a folder for each batch below it. */
  public static final String REVIEWS = "reviews";

  /** The folder of all checkpoints, a folder for each batch below it. */
  public static final String CHECKPOINTS = "checkpoints";

  /** The folder of all schedules, a folder for each below it. */
  public static final String SCHEDULES = "schedules";

  /** The folder of people's decisions on findings. */
  public static final String TRIAGE = "triage";

  private ArtifactPaths() {}

  /** A content-addressed object, by its hash. */
  public static String object(String sha256) {
    return StoreNames.object(sha256);
  }

  /** The folder of what a batch was started with and came to. */
  public static String batchFolder(String batch) {
    return BATCHES + "/" + batch;
  }

  /** The folder of what the batches of a schedule are started with. */
  public static String scheduleFolder(String schedule) {
    return SCHEDULES + "/" + schedule;
  }

  /**
   * The targets of a schedule.
   *
   * @param creation tells the one who creates it from others who try at the same time
   */
  public static String scheduleManifest(String schedule, String creation) {
    return scheduleFolder(schedule) + "/" + creation + "/manifest.jsonl";
  }

  /** The plan of a schedule, normalised; {@code creation} as of {@link #scheduleManifest}. */
  public static String schedulePlan(String schedule, String creation) {
    return scheduleFolder(schedule) + "/" + creation + "/plan.json";
  }

  /** Says which server has the schedule. */
  public static String scheduleOwner(String schedule) {
    return scheduleFolder(schedule) + "/owner.json";
  }

  /** The folder of the results of a batch's repositories. */
  public static String reviewsFolder(String batch) {
    return REVIEWS + "/" + batch;
  }

  /** The folder of the checkpoints of a batch's repositories. */
  public static String checkpointsFolder(String batch) {
    return CHECKPOINTS + "/" + batch;
  }

  /** Says that the batch's sessions can no longer be gone on with. */
  public static String expired(String batch) {
    return batchFolder(batch) + "/expired.json";
  }

  /** Says that the batch is being deleted. */
  public static String deleting(String batch) {
    return batchFolder(batch) + "/deleting.json";
  }

  /** The folder of the notes of what persons asked for after the plan. */
  public static String followUpsFolder(String batch) {
    return batchFolder(batch) + "/follow-ups";
  }

  /** The note of one follow-up that a person asked for, by the hash of its prompt. */
  public static String followUp(String batch, String key, String sha256) {
    return followUpsFolder(batch) + "/" + key + "/" + sha256 + ".json";
  }

  /** The targets of a batch. */
  public static String manifest(String batch) {
    return batchFolder(batch) + "/manifest.jsonl";
  }

  /**
   * Targets that were added to a batch while it worked.
   *
   * @param first index that the first of them has in the batch; padded, so that names sort as they
   *     were added
   */
  public static String addedManifest(String batch, long first) {
    return "%s/%010d.jsonl".formatted(addedManifests(batch), first);
  }

  /** The folder of targets that were added to a batch. */
  public static String addedManifests(String batch) {
    return batchFolder(batch) + "/added";
  }

  /** How a batch stood when it ended, from which it can go on. */
  public static String batchState(String batch) {
    return batchFolder(batch) + "/state.json";
  }

  /** Says that a person wants a batch to go on that has ended. */
  public static String reopened(String batch) {
    return batchFolder(batch) + "/reopened.json";
  }

  /** The plan of a batch, normalised. */
  public static String plan(String batch) {
    return batchFolder(batch) + "/plan.json";
  }

  /** The result of a batch. */
  public static String batch(String batch) {
    return batchFolder(batch) + "/batch.json";
  }

  /** The folder of the names of repositories that were gone on with after their end. */
  public static String followedUpFolder(String batch) {
    return batchFolder(batch) + "/followed-up";
  }

  /** Says that a repository's row may be newer than the batch's result. */
  public static String followedUp(String batch, String key) {
    return followedUpFolder(batch) + "/" + key;
  }

  /** The folder of one repository's results. */
  public static String reviewFolder(String batch, String key) {
    return reviewsFolder(batch) + "/" + key;
  }

  /** The result of one repository. */
  public static String review(String batch, String key) {
    return reviewFolder(batch, key) + "/review.json";
  }

  /** What of a repository's result stands at its forge. */
  public static String published(String batch, String key) {
    return reviewFolder(batch, key) + "/published.json";
  }

  /** The changes the agent made. */
  public static String patch(String batch, String key) {
    return reviewFolder(batch, key) + "/changes.patch";
  }

  /** The findings as SARIF. */
  public static String sarif(String batch, String key) {
    return reviewFolder(batch, key) + "/findings.sarif";
  }

  /** The raw stream of the agent, gzipped. */
  public static String events(String batch, String key) {
    return reviewFolder(batch, key) + "/events.jsonl.gz";
  }

  /** The agent's own transcript, gzipped. */
  public static String transcript(String batch, String key) {
    return reviewFolder(batch, key) + "/transcript.jsonl.gz";
  }

  /** The log for people, gzipped. */
  public static String log(String batch, String key) {
    return reviewFolder(batch, key) + "/run.log.gz";
  }

  /** The folder of what is seen of a review while it runs, a folder for each process below it. */
  public static String liveFolder(String batch, String key) {
    return reviewFolder(batch, key) + "/live";
  }

  /**
   * A piece of one process's event stream, gzipped, without secrets. Padded, so that names sort as
   * their lines do; {@link LivePiece#named} reads it.
   */
  public static String live(String batch, String key, LivePiece piece) {
    return "%s/%s/%010d-%010d.jsonl.gz"
        .formatted(liveFolder(batch, key), piece.process(), piece.first(), piece.last());
  }

  /** The state in which a review ended, for a follow-up in its session. */
  public static String state(String batch, String key) {
    return reviewFolder(batch, key) + "/state.json";
  }

  /**
   * Whether an artifact of a batch's reviews goes when their sessions expire: {@link #state}, and
   * what is in a {@link #liveFolder}. The batch may be called as that folder is.
   */
  public static boolean isOfSession(String batch, String uri) {
    String path = ArtifactUri.path(uri);
    String reviews = reviewsFolder(batch) + "/";
    if (!path.startsWith(reviews)) {
      return false;
    }
    String[] inReview = path.substring(reviews.length()).split("/", 3);
    return inReview.length > 1
        && (inReview[1].equals("live")
            || (inReview.length == 2 && inReview[1].equals("state.json")));
  }

  /** The folder of all checkpoints of one generation of the work. */
  public static String checkpointFolder(String batch, String key, int generation) {
    return checkpointsFolder(batch) + "/" + key + "/" + generation;
  }

  /** The folder of one turn's checkpoints. */
  public static String checkpointFolder(String batch, String key, int generation, int turn) {
    return checkpointFolder(batch, key, generation) + "/" + turn;
  }

  /** One checkpoint's manifest, named by the incarnation and its offset in the output. */
  public static String checkpoint(
      String batch, String key, int generation, int turn, int incarnation, long offset) {
    return checkpointFolder(batch, key, generation, turn)
        + "/"
        + incarnation
        + "-"
        + offset
        + ".json";
  }

  /** The result of one finished turn: where it exists, the turn is not run again. */
  public static String turnResult(String batch, String key, int generation, int turn) {
    return checkpointFolder(batch, key, generation, turn) + "/result.json";
  }

  /**
   * Points to the result that holds for everything with this key.
   *
   * @param key 64 hex digits
   */
  public static String cached(String key) {
    return "cache/" + key + ".json";
  }

  /**
   * Points to the last complete result of a review, whatever commit it was of.
   *
   * @param key 64 hex digits
   */
  public static String latest(String key) {
    return "latest/" + key + ".json";
  }

  /**
   * Points to the last complete result of a line of work: one repository and one plan, by name.
   *
   * @param key 64 hex digits
   */
  public static String known(String key) {
    return "findings/" + key + ".json";
  }

  /**
   * Points to the last result whose findings were uploaded to one category of one branch.
   *
   * @param key 64 hex digits
   */
  public static String uploaded(String key) {
    return "uploads/" + key + ".json";
  }

  /** What a person decided of a finding, by its fingerprint. */
  public static String triage(String fingerprint) {
    return TRIAGE + "/" + fingerprint + ".json";
  }
}
