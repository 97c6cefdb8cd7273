package dev.repofleet.worker.git;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.git.CloneInput;
import dev.repofleet.workflows.activities.git.CloneOutcome;
import dev.repofleet.workflows.activities.git.Incremental;
import dev.repofleet.workflows.activities.git.Incremental.Fallback;
import dev.repofleet.workflows.activities.git.ReviewIgnore;
import dev.repofleet.workflows.activities.git.ReviewIgnore.Unheeded;
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
  private static final Duration COPY_LIMIT = Duration.ofMinutes(5);

  private static final String BUNDLE = SandboxLayout.HOME + "/.repofleet-bundle";
  private static final String HELD = "held ";
  private static final String CHANGED = "changed ";
  private static final String CHANGED_PATH = "changed-path ";

  /**
   * Several times what an agent looks at in the 80 turns it has by default: above it "what changed
   * was reviewed" would be a claim that nobody keeps, and a full review says what it saw.
   */
  private static final int MAX_CHANGED = 500;

  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");

  private final Sandbox sandbox;
  private final ArtifactStore store;
  private final CloneInput input;
  private final Plan plan;
  private final KnownSecrets secrets;
  private final ScriptLease lease;
  private final Runnable beat;
  private final CloneRuns runs;
  private final GitHosts hosts;

  CloneStep(
      Sandbox sandbox,
      ArtifactStore store,
      CloneInput input,
      Plan plan,
      KnownSecrets secrets,
      ScriptLease lease,
      GitHosts hosts,
      Runnable beat) {
    this.store = store;
    this.sandbox = sandbox.withUser(SandboxLayout.AGENT_USER);
    this.input = input;
    this.plan = plan;
    this.secrets = secrets;
    this.lease = lease;
    this.hosts = hosts;
    this.beat = beat;
    this.runs = new CloneRuns(this.sandbox, plan, secrets, lease, beat);
  }

  /** From a host. */
  CloneOutcome fromHost(GitRemote remote) {
    Map<String, String> what = what();
    what.put("RF_REF", Objects.requireNonNullElse(input.resolved().ref(), ""));
    return finish(runs.fromHost(remote, what), remote.url());
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
    CloneOutcome outcome = finish(runs.fromBundle(name(), BUNDLE, what()), null);
    sandbox.files().remove(BUNDLE);
    return outcome;
  }

  private Map<String, String> what() {
    Map<String, String> variables = new HashMap<>();
    variables.put("RF_REPO", SandboxLayout.REPOSITORY);
    variables.put("RF_COMMIT", input.resolved().commit());
    variables.put("RF_LIMIT", Long.toString(plan.limits().repositorySizeBytes()));
    Incremental incremental = input.resolved().incremental();
    if (incremental != null && incremental.base() != null && input.target().url() != null) {
      variables.put("RF_BASE", incremental.base());
    }
    variables.put("RF_SUBPATH", Objects.requireNonNullElse(input.target().subpath(), ""));
    return variables;
  }

  private CloneOutcome finish(String told, @Nullable String url) {
    CloneOutcome inventory = inventory(told, store);
    CloneOutcome outcome =
        inventory.comparedAs(listed(compared(input.resolved().incremental(), told), told));
    if (plan.cloneOptions().submodules()) {
      Submodules submodules =
          new Submodules(runs, hosts, name(), plan.limits().repositorySizeBytes());
      submodules.fetch(told, url);
      outcome = submodules.loginUsed() ? outcome.withLoginUsed() : outcome;
    }
    keepBase();
    return outcome;
  }

  /** Nothing of an agent has run here yet, so what is copied now can be trusted later. */
  private void keepBase() {
    Map<String, String> variables = new HashMap<>(lease.variables());
    variables.put("RF_REPO", SandboxLayout.REPOSITORY);
    variables.put("RF_STATE", SandboxLayout.STATE);
    variables.put("RF_COMMIT", input.resolved().commit());
    SandboxScript.Result result;
    try {
      result =
          SandboxScript.run(
              sandbox.withUser(SandboxLayout.ROOT),
              ShippedScript.TREE,
              COPY_LIMIT,
              variables,
              List.of("base"),
              beat);
    } catch (E2bException e) {
      throw FailureMapper.map(e, name() + " can't be cloned");
    }
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

  private String name() {
    return input.target().name();
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

  /** What a clone takes of the plan's limit, in bytes. */
  static long held(String stdout) {
    return stdout
        .lines()
        .filter(line -> line.startsWith(HELD))
        .map(line -> number(line.substring(HELD.length())))
        .findFirst()
        .orElseThrow(CloneStep::inPart);
  }

  static boolean loginUsed(String stdout) {
    return stdout.lines().anyMatch("login used"::equals);
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
