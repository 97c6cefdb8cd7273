package dev.repofleet.worker.git;

import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.pool.WarmUpInput;
import dev.repofleet.workflows.client.LeaseLabels;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Runs of {@code clone.sh} in one sandbox, one after the other and all within one time: that of the
 * target, and those of its submodules. For one activity attempt.
 */
final class CloneRuns {
  /** Less than the activity's 15 minutes, so that the end is told and not timed out. */
  private static final Duration LIMIT = Duration.ofMinutes(13);

  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final String RETRY_AFTER = "retry-after ";

  private static final int TOO_LARGE = 20;
  private static final int NO_SUBPATH = 21;
  private static final int NO_COMMIT = 22;
  private static final int EMPTY = 23;
  private static final int GIT_FAILED = 24;
  private static final int ALL_IGNORED = 25;
  private static final int NO_LFS = 26;
  private static final int NO_ROOM = 27;

  private final Sandbox sandbox;
  private final Plan plan;
  private final KnownSecrets secrets;
  private final ScriptLease lease;
  private final Runnable beat;
  private final long begin = System.nanoTime();

  /**
   * @param sandbox as the agent's user
   * @param secrets kept out of messages
   * @param beat called each second
   */
  CloneRuns(Sandbox sandbox, Plan plan, KnownSecrets secrets, ScriptLease lease, Runnable beat) {
    this.sandbox = sandbox;
    this.plan = plan;
    this.secrets = secrets;
    this.lease = lease;
    this.beat = beat;
  }

  /**
   * From a host. The token goes in only when the host asks for one: while the command runs, every
   * process of the sandbox can read it.
   *
   * @param what is cloned, where to, and how, as the script takes it
   * @return what the script told
   * @throws ApplicationFailure with the cause, when it is not cloned; {@code sandbox_lost} when the
   *     host asks for a login and another lease's agent has worked here
   */
  String fromHost(GitRemote remote, Map<String, String> what) {
    SandboxScript.Result result = run(remote.withoutLogin(), what);
    GitRemote used = remote.withoutLogin();
    if (result.exitCode() == GIT_FAILED
        && remote.login() != null
        && GitFailures.asksForLogin(result.stderr())) {
      requireFresh(remote.name());
      result = run(remote, what);
      used = remote;
    }
    if (isFailureOfGit(remote.name(), result)) {
      throw GitFailures.of(
          used, result.stderr(), retryAfter(result.stdout()), remote.with(secrets));
    }
    return told(remote.name(), result, what, remote.with(secrets));
  }

  /**
   * An agent that has worked here before may have left what reads the token, and marks inside the
   * sandbox are its own to change. Labels are not: a sandbox that is used again keeps those of its
   * first lease, and a Reset those of the run before.
   */
  private void requireFresh(String name) {
    if (lease.id() == null) {
      return;
    }
    Map<String, String> labels;
    try {
      labels = sandbox.info().metadata();
    } catch (E2bException e) {
      throw FailureMapper.map(e, name + " can't be cloned");
    }
    String first = labels.getOrDefault(LeaseLabels.LEASE, "");
    boolean own =
        lease.id().equals(first)
            && lease.run().equals(labels.getOrDefault(LeaseLabels.RUN, lease.run()));
    if (!own && !first.startsWith(WarmUpInput.LABEL)) { // none made ahead is used again
      throw FailureMapper.failure(
          Cause.SANDBOX_LOST,
          name
              + ": its clone needs a login, and an agent of an earlier lease has worked in sandbox "
              + sandbox.sandboxId()
              + ": another one is taken",
          null);
    }
  }

  private SandboxScript.Result run(GitRemote remote, Map<String, String> what) {
    Map<String, String> variables = new HashMap<>(what);
    variables.put("RF_URL", remote.url());
    variables.put("RF_PROTOCOLS", remote.protocols());
    variables.put("RF_RESOLVE", Objects.requireNonNullElse(remote.pinned(), ""));
    GitLogin login = remote.login();
    if (login != null) {
      variables.put("RF_GIT_USER", login.user());
      variables.put("RF_GIT_TOKEN", login.token());
    }
    return run(remote.name(), variables);
  }

  /** The same from a bundle that lies in the sandbox. */
  String fromBundle(String name, String bundle, Map<String, String> what) {
    Map<String, String> variables = new HashMap<>(what);
    variables.put("RF_BUNDLE", bundle);
    variables.put("RF_PROTOCOLS", "file");
    SandboxScript.Result result = run(name, variables);
    if (isFailureOfGit(name, result)) {
      throw FailureMapper.failure(
          Cause.INTERNAL,
          name + ": its bundle can't be unpacked: " + GitFailures.quoted(result.stderr(), secrets),
          null);
    }
    return told(name, result, what, secrets);
  }

  private SandboxScript.Result run(String name, Map<String, String> what) {
    Map<String, String> variables = new HashMap<>(lease.variables());
    variables.putAll(what);
    variables.put("RF_DEPTH", Integer.toString(plan.cloneOptions().depth()));
    variables.put("RF_SUBMODULES", plan.cloneOptions().submodules() ? "yes" : "");
    variables.put("RF_LFS", plan.cloneOptions().lfs() ? "yes" : "");
    Duration left = LIMIT.minusNanos(System.nanoTime() - begin);
    try {
      return SandboxScript.run(
          sandbox,
          ShippedScript.CLONE,
          left.compareTo(LEAST) < 0 ? LEAST : left,
          variables,
          List.of(),
          beat);
    } catch (E2bException e) {
      throw FailureMapper.map(e, name + " can't be cloned");
    }
  }

  private String told(
      String name, SandboxScript.Result result, Map<String, String> what, KnownSecrets known) {
    ScriptLease.requireHere(result.exitCode(), sandbox.sandboxId(), result.stderr());
    if (result.exitCode() == 0) {
      return result.stdout();
    }
    throw failure(name, result, what, known);
  }

  private ApplicationFailure failure(
      String name, SandboxScript.Result result, Map<String, String> what, KnownSecrets known) {
    return switch (result.exitCode()) {
      case TOO_LARGE ->
          tooLarge(what.containsKey("RF_WITHIN") ? "what is cloned up to " + name : name);
      case NO_SUBPATH -> noFolder(name, what);
      case NO_COMMIT ->
          FailureMapper.failure(
              Cause.GIT_NOT_FOUND,
              "%s: the host does not have the commit %s, or no branch or tag leads to it"
                  .formatted(name, what.get("RF_COMMIT")),
              null);
      case EMPTY ->
          FailureMapper.failure(
              Cause.REPOSITORY_EMPTY, name + ": the commit has no files; name another ref", null);
      case ALL_IGNORED ->
          FailureMapper.failure(
              Cause.REPOSITORY_EMPTY,
              name
                  + ": its .reviewignore leaves out every file, so there is nothing to review; it"
                  + " has to be changed in the repository",
              null);
      case NO_LFS ->
          FailureMapper.failure(
              Cause.INTERNAL,
              name
                  + ": the plan wants clone.lfs, but the template "
                  + plan.template()
                  + " has no git-lfs; build one with it, or leave clone.lfs out",
              null);
      case NO_ROOM -> noRoom(name);
      default ->
          GitFailures.tellsOfFullDisk(result.stderr())
              ? noRoom(name)
              : FailureMapper.passing(
                  Cause.GIT_TRANSIENT,
                  "%s: cloning in sandbox %s ended with exit code %d: %s"
                      .formatted(
                          name,
                          sandbox.sandboxId(),
                          result.exitCode(),
                          GitFailures.quoted(result.stderr(), known)),
                  null);
    };
  }

  /** What fails on a full disk says nothing of the host, nor of a bundle. */
  private boolean isFailureOfGit(String name, SandboxScript.Result result) {
    if (result.exitCode() != GIT_FAILED) {
      return false;
    }
    if (GitFailures.tellsOfFullDisk(result.stderr())) {
      throw noRoom(name);
    }
    return true;
  }

  /** The next attempt would have the same disk. */
  private ApplicationFailure noRoom(String name) {
    return FailureMapper.failure(
        Cause.INTERNAL,
        ("%s: no space is left for the clone in sandbox %s: have less cloned (clone.depth,"
                + " clone.submodules and clone.lfs of the plan), take another template than %s, or,"
                + " with sandboxes on a machine of yours, make room there")
            .formatted(name, sandbox.sandboxId(), plan.template()),
        null);
  }

  private static ApplicationFailure noFolder(String name, Map<String, String> what) {
    return what.containsKey("RF_WITHIN")
        ? FailureMapper.failure(
            Cause.INTERNAL,
            name + ": its folder leads elsewhere; leave clone.submodules of the plan out",
            null)
        : FailureMapper.failure(
            Cause.GIT_NOT_FOUND,
            "%s: the commit %s has no folder %s; check what stands behind # in the target"
                .formatted(name, what.get("RF_COMMIT"), what.get("RF_SUBPATH")),
            null);
  }

  /** Of the target, or of it with all of its submodules so far. */
  ApplicationFailure tooLarge(String name) {
    return FailureMapper.failure(
        Cause.REPOSITORY_TOO_LARGE,
        "%s is larger than %d MiB: raise limits.repositorySize of the plan"
            .formatted(name, plan.limits().repositorySizeBytes() >> 20),
        null);
  }

  private static @Nullable String retryAfter(String stdout) {
    return stdout
        .lines()
        .filter(line -> line.startsWith(RETRY_AFTER))
        .map(line -> line.substring(RETRY_AFTER.length()))
        .findFirst()
        .orElse(null);
  }
}
