package dev.repofleet.worker.git;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.Plan;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.CloneInput;
import dev.repofleet.workflows.activities.CloneOutcome;
import dev.repofleet.workflows.activities.Incremental;
import dev.repofleet.workflows.activities.Incremental.Fallback;
import dev.repofleet.workflows.activities.ReviewIgnore;
import dev.repofleet.workflows.activities.ReviewIgnore.Unheeded;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Puts one target's commit into one sandbox. For one activity attempt. */
final class CloneStep {
  /** Less than the activity's 15 minutes, so that the end is told and not timed out. */
  private static final Duration LIMIT = Duration.ofMinutes(13);

  private static final Duration COPY_LIMIT = Duration.ofMinutes(5);

  private static final String BUNDLE = SandboxLayout.HOME + "/.repofleet-bundle";
  private static final String RETRY_AFTER = "retry-after ";
  private static final String CHANGED = "changed ";
  private static final String CHANGED_PATH = "changed-path ";

  /**
   * Several times what an agent looks at in the 80 turns it has by default: above it "what changed
   * was reviewed" would be a claim that nobody keeps, and a full review says what it saw.
   */
  private static final int MAX_CHANGED = 500;

  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");

  private static final int TOO_LARGE = 20;
  private static final int NO_SUBPATH = 21;
  private static final int NO_COMMIT = 22;
  private static final int EMPTY = 23;
  private static final int GIT_FAILED = 24;
  private static final int ALL_IGNORED = 25;

  private final Sandbox sandbox;
  private final ArtifactStore store;
  private final CloneInput input;
  private final Plan plan;
  private final KnownSecrets secrets;
  private final ScriptLease lease;
  private final Runnable beat;

  CloneStep(
      Sandbox sandbox,
      ArtifactStore store,
      CloneInput input,
      Plan plan,
      KnownSecrets secrets,
      ScriptLease lease,
      Runnable beat) {
    this.store = store;
    this.sandbox = sandbox.withUser(SandboxLayout.AGENT_USER);
    this.input = input;
    this.plan = plan;
    this.secrets = secrets;
    this.lease = lease;
    this.beat = beat;
  }

  /**
   * From a host. The token goes in only when the host asks for one: while the command runs, every
   * process of the sandbox can read it.
   */
  CloneOutcome fromHost(GitRemote remote) {
    SandboxScript.Result result = cloned(remote.withoutLogin());
    GitRemote used = remote.withoutLogin();
    if (result.exitCode() == GIT_FAILED
        && remote.login() != null
        && GitFailures.asksForLogin(result.stderr())) {
      result = cloned(remote);
      used = remote;
    }
    if (result.exitCode() == GIT_FAILED) {
      throw GitFailures.of(used, result.stderr(), retryAfter(result.stdout()), secrets);
    }
    return finish(result);
  }

  private SandboxScript.Result cloned(GitRemote remote) {
    Map<String, String> variables = variables();
    variables.put("RF_URL", remote.url());
    variables.put("RF_PROTOCOLS", remote.protocols());
    variables.put("RF_RESOLVE", Objects.requireNonNullElse(remote.pinned(), ""));
    variables.put("RF_REF", Objects.requireNonNullElse(input.resolved().ref(), ""));
    GitLogin login = remote.login();
    if (login != null) {
      variables.put("RF_GIT_USER", login.user());
      variables.put("RF_GIT_TOKEN", login.token());
    }
    return run(sandbox, ShippedScript.CLONE, LIMIT, variables, List.of());
  }

  /** From the bundle that the starter made of a path. */
  CloneOutcome fromBundle(String bundleUri) {
    try (InputStream bundle = new BeatingStream(store.open(bundleUri), beat)) {
      sandbox.files().write(BUNDLE, bundle);
    } catch (E2bException e) {
      beat.run();
      throw e;
    } catch (ArtifactNotFoundException e) {
      throw FailureMapper.failure(
          Cause.GIT_NOT_FOUND, name() + ": its bundle is not in the artifact store", e);
    } catch (IOException e) {
      throw new UncheckedIOException("the bundle of " + name() + " can't be read", e);
    }
    Map<String, String> variables = variables();
    variables.put("RF_BUNDLE", BUNDLE);
    variables.put("RF_PROTOCOLS", "file");
    SandboxScript.Result result = run(sandbox, ShippedScript.CLONE, LIMIT, variables, List.of());
    if (result.exitCode() == GIT_FAILED) {
      throw FailureMapper.failure(
          Cause.INTERNAL,
          name()
              + ": its bundle can't be unpacked: "
              + GitFailures.quoted(result.stderr(), secrets),
          null);
    }
    CloneOutcome outcome = finish(result);
    sandbox.files().remove(BUNDLE);
    return outcome;
  }

  private Map<String, String> variables() {
    Map<String, String> variables = new HashMap<>(lease.variables());
    variables.put("RF_REPO", SandboxLayout.REPOSITORY);
    variables.put("RF_COMMIT", input.resolved().commit());
    variables.put("RF_DEPTH", Integer.toString(plan.cloneOptions().depth()));
    variables.put("RF_LIMIT", Long.toString(plan.limits().repositorySizeBytes()));
    Incremental incremental = input.resolved().incremental();
    if (incremental != null && incremental.base() != null && input.target().url() != null) {
      variables.put("RF_BASE", incremental.base());
    }
    variables.put("RF_SUBPATH", Objects.requireNonNullElse(input.target().subpath(), ""));
    return variables;
  }

  private CloneOutcome finish(SandboxScript.Result result) {
    ScriptLease.requireHere(result.exitCode(), sandbox.sandboxId(), result.stderr());
    if (result.exitCode() != 0) {
      throw failure(result);
    }
    CloneOutcome inventory = inventory(result.stdout(), store);
    CloneOutcome outcome =
        inventory.comparedAs(
            listed(compared(input.resolved().incremental(), result.stdout()), result.stdout()));
    keepBase();
    return outcome;
  }

  /** Nothing of an agent has run here yet, so what is copied now can be trusted later. */
  private void keepBase() {
    Map<String, String> variables = new HashMap<>(lease.variables());
    variables.put("RF_REPO", SandboxLayout.REPOSITORY);
    variables.put("RF_STATE", SandboxLayout.STATE);
    variables.put("RF_COMMIT", input.resolved().commit());
    SandboxScript.Result result =
        run(
            sandbox.withUser(SandboxLayout.ROOT),
            ShippedScript.TREE,
            COPY_LIMIT,
            variables,
            List.of("base"));
    ScriptLease.requireHere(result.exitCode(), sandbox.sandboxId(), result.stderr());
    if (result.exitCode() != 0) {
      throw FailureMapper.passing(
          Cause.INTERNAL,
          "%s: the commit can't be copied in sandbox %s (exit %d): %s"
              .formatted(
                  name(),
                  sandbox.sandboxId(),
                  result.exitCode(),
                  GitFailures.quoted(result.stderr(), secrets)),
          null);
    }
  }

  private SandboxScript.Result run(
      Sandbox as,
      ShippedScript script,
      Duration limit,
      Map<String, String> variables,
      List<String> arguments) {
    try {
      return SandboxScript.run(as, script, limit, variables, arguments, beat);
    } catch (E2bException e) {
      throw FailureMapper.map(e, name() + " can't be cloned");
    }
  }

  private ApplicationFailure failure(SandboxScript.Result result) {
    return switch (result.exitCode()) {
      case TOO_LARGE ->
          FailureMapper.failure(
              Cause.REPOSITORY_TOO_LARGE,
              "%s is larger than %d MiB: raise limits.repositorySize of the plan"
                  .formatted(name(), plan.limits().repositorySizeBytes() >> 20),
              null);
      case NO_SUBPATH ->
          FailureMapper.failure(
              Cause.GIT_NOT_FOUND,
              "%s: the commit %s has no folder %s; check what stands behind # in the target"
                  .formatted(name(), input.resolved().commit(), input.target().subpath()),
              null);
      case NO_COMMIT ->
          FailureMapper.failure(
              Cause.GIT_NOT_FOUND,
              "%s: the host does not have the commit %s, or no branch or tag leads to it"
                  .formatted(name(), input.resolved().commit()),
              null);
      case EMPTY ->
          FailureMapper.failure(
              Cause.REPOSITORY_EMPTY, name() + ": the commit has no files; name another ref", null);
      case ALL_IGNORED ->
          FailureMapper.failure(
              Cause.REPOSITORY_EMPTY,
              name()
                  + ": its .reviewignore leaves out every file, so there is nothing to review; it"
                  + " has to be changed in the repository",
              null);
      default ->
          FailureMapper.passing(
              Cause.GIT_TRANSIENT,
              "%s: cloning in sandbox %s ended with exit code %d: %s"
                  .formatted(
                      name(),
                      sandbox.sandboxId(),
                      result.exitCode(),
                      GitFailures.quoted(result.stderr(), secrets)),
              null);
    };
  }

  private String name() {
    return input.target().name();
  }

  private static @Nullable String retryAfter(String stdout) {
    return stdout
        .lines()
        .filter(line -> line.startsWith(RETRY_AFTER))
        .map(line -> line.substring(RETRY_AFTER.length()))
        .findFirst()
        .orElse(null);
  }

  /** What the script tells of the base; nothing at all means that it did not get it. */
  static @Nullable Incremental compared(@Nullable Incremental asked, String stdout) {
    if (asked == null || asked.fallback() != null) {
      return asked;
    }
    String told =
        stdout
            .lines()
            .filter(line -> line.startsWith(CHANGED))
            .map(line -> line.substring(CHANGED.length()))
            .findFirst()
            .orElse("missing");
    return switch (told) {
      case "missing" -> asked.fallingBack(Fallback.BASE_NOT_FETCHED);
      case "large" -> asked.fallingBack(Fallback.TOO_MUCH_CHANGED);
      case "rules" -> asked.fallingBack(Fallback.REVIEWIGNORE_CHANGED);
      default -> byCount(asked.compared(count(told)));
    };
  }

  /** Keeps which files have changed, unless the list is not whole. */
  private @Nullable Incremental listed(@Nullable Incremental compared, String stdout) {
    if (compared == null || compared.fallback() != null) {
      return compared;
    }
    List<String> paths = changedPaths(stdout);
    return Objects.equals(compared.filesChanged(), paths.size())
        ? compared.listedAt(store.put(ArtifactJson.pretty(new ChangedPaths(paths))).uri())
        : compared;
  }

  static List<String> changedPaths(String stdout) {
    return stdout
        .lines()
        .filter(line -> line.startsWith(CHANGED_PATH))
        .map(line -> line.substring(CHANGED_PATH.length()))
        .toList();
  }

  private static Incremental byCount(Incremental compared) {
    int files = Objects.requireNonNullElse(compared.filesChanged(), 0);
    if (files == 0) {
      return compared.fallingBack(Fallback.NOTHING_CHANGED);
    }
    return files > MAX_CHANGED ? compared.fallingBack(Fallback.TOO_MUCH_CHANGED) : compared;
  }

  /**
   * Reads what the script tells on stdout.
   *
   * @throws ApplicationFailure when that is not all of it; it may be tried again
   */
  static CloneOutcome inventory(String stdout, ArtifactStore store) {
    Map<String, String> told = new HashMap<>();
    Map<String, Long> extensions = new HashMap<>();
    List<String> settings = new ArrayList<>();
    List<String> rules = new ArrayList<>();
    for (String line : stdout.lines().toList()) {
      int space = line.indexOf(' ');
      String value = line.substring(space + 1);
      switch (line.substring(0, Math.max(space, 0))) {
        case "extension" -> {
          int next = value.indexOf(' ');
          extensions.put(value.substring(next + 1), number(value.substring(0, Math.max(next, 0))));
        }
        case "setting" -> settings.add(value);
        case "rule" -> rules.add(value);
        default -> told.put(line.substring(0, Math.max(space, 0)), value);
      }
    }
    String tree = told.get("tree");
    if (tree == null) {
      throw inPart();
    }
    List<Languages.Share> languages = Languages.mostCommon(extensions);
    return new CloneOutcome(
        count(told.getOrDefault("files", "0")),
        number(told.getOrDefault("bytes", "0")),
        tree,
        languages.stream().map(Languages.Share::language).toList(),
        settings,
        languages.stream().map(Languages.Share::percent).toList(),
        ignored(told, rules, store),
        null,
        told.containsKey("login"));
  }

  private static @Nullable ReviewIgnore ignored(
      Map<String, String> told, List<String> rules, ArtifactStore store) {
    String unheeded = told.get("unheeded");
    String files = told.get("ignored");
    if (unheeded != null) {
      return new ReviewIgnore(0, 0, null, unheeded(unheeded));
    }
    if (files == null) {
      return null;
    }
    String uri =
        rules.isEmpty() ? null : store.put(ArtifactJson.pretty(IgnoreRules.of(rules))).uri();
    return new ReviewIgnore(count(files), count(told.getOrDefault("rules", "0")), uri, null);
  }

  private static Unheeded unheeded(String word) {
    return Arrays.stream(Unheeded.values())
        .filter(why -> why.name().equals(word.toUpperCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(CloneStep::inPart);
  }

  private static int count(String digits) {
    return (int) Math.min(Integer.MAX_VALUE, number(digits));
  }

  /** The sandbox is the agent's machine: what comes from there may be anything. */
  private static long number(String digits) {
    if (!DIGITS.matcher(digits).matches()) {
      throw inPart();
    }
    return Long.parseLong(digits);
  }

  private static ApplicationFailure inPart() {
    return FailureMapper.passing(Cause.INTERNAL, "the clone was told in part only", null);
  }
}
