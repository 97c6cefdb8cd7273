package dev.repofleet.worker.git;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.activity.AttemptTime;
import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.cache.UnchangedCheck;
import dev.repofleet.worker.connection.SandboxConnections;
import dev.repofleet.worker.forge.GitHubLogin;
import dev.repofleet.worker.plan.PlanSource;
import dev.repofleet.worker.secrets.AgentEnvironment;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.git.CloneInput;
import dev.repofleet.workflows.activities.git.CloneOutcome;
import dev.repofleet.workflows.activities.git.DiffInput;
import dev.repofleet.workflows.activities.git.DiffOutcome;
import dev.repofleet.workflows.activities.git.GitActivities;
import dev.repofleet.workflows.activities.git.ResolveInput;
import dev.repofleet.workflows.activities.git.ResolveOutcome;
import dev.repofleet.workflows.order.Target;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import java.time.Clock;
import java.util.Map;

/**
 * Pins, clones and compares. Thread-safe.
 *
 * <p>A host is let through by {@link GitHosts} before each contact, on the worker and in the
 * sandbox alike, and what its name stood for then is what Git connects to: a name that changes its
 * address in between gains nothing.
 */
public final class GitActivitiesImpl implements GitActivities {
  private final SandboxConnections connections;
  private final ArtifactStore store;
  private final PlanSource plans;
  private final GitHosts hosts;
  private final KnownSecrets secrets;
  private final LsRemote lsRemote;
  private final UnchangedCheck unchanged;

  /**
   * @param environment of the worker, for {@code REPOFLEET_GIT_HOSTS}, the logins of Git hosts, the
   *     secrets a patch must not contain, and what chooses the model
   * @throws IllegalArgumentException with a sentence, when a login in it can't be one
   */
  public GitActivitiesImpl(
      SandboxConnections connections,
      ArtifactStore store,
      PlanSource plans,
      Map<String, String> environment) {
    this.connections = connections;
    this.store = store;
    this.plans = plans;
    this.hosts = new GitHosts(environment, GitHubLogin.of(environment, Clock.systemUTC()));
    this.secrets = KnownSecrets.of(environment);
    this.lsRemote = new LsRemote(secrets);
    this.unchanged = new UnchangedCheck(store, plans, new AgentEnvironment(environment));
  }

  @Override
  public ResolveOutcome resolve(ResolveInput input) {
    return unchanged.check(input, commit(input));
  }

  private ResolveOutcome commit(ResolveInput input) {
    Target target = input.target();
    Cause unusable = target.cause();
    if (unusable != null) {
      throw FailureMapper.failure(unusable, String.valueOf(target.problem()), null);
    }
    String url = target.url();
    if (url == null) {
      return new ResolveOutcome(String.valueOf(target.commit()), null);
    }
    return lsRemote.resolve(hosts.admit(target.name(), url), target.ref());
  }

  @Override
  public CloneOutcome cloneRepository(CloneInput input) {
    ActivityExecutionContext context = Activity.getExecutionContext();
    Plan plan = plans.read(input.plan());
    Target target = input.target();
    String url = target.url();
    String bundle = target.bundleUri();
    // Before the sandbox is touched: a refused host needs none.
    GitRemote remote = url == null ? null : hosts.admit(target.name(), url);
    KnownSecrets known = remote == null ? secrets : remote.with(secrets);
    Sandbox sandbox = connections.connect(input.sandboxId());
    CloneStep step =
        new CloneStep(
            sandbox,
            store,
            input,
            plan,
            known,
            ScriptLease.of(input.leaseId(), context.getInfo()),
            hosts,
            () -> context.heartbeat(null));
    try {
      return remote != null ? step.fromHost(remote) : step.fromBundle(String.valueOf(bundle));
    } catch (E2bException e) {
      throw FailureMapper.map(e, target.name() + " can't be cloned");
    }
  }

  @Override
  public DiffOutcome diff(DiffInput input) {
    AttemptTime time = AttemptTime.current();
    return new DiffStep(
            connections.connect(input.sandboxId()),
            input,
            store,
            secrets,
            () -> time.require("the changes in sandbox " + input.sandboxId() + " are taken"))
        .take();
  }
}
