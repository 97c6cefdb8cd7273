package dev.repofleet.worker.git;

import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.git.ResolveOutcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code git ls-remote --symref} told, as far as one question needs it: a host may have
 * hundreds of thousands of refs.
 *
 * <p>A short name is looked for as a branch and then as a tag, as {@code git clone --branch} does:
 * of two that have the same name the branch is taken. A full name ({@code refs/…}) is taken as it
 * is. 40 or 64 hex digits are a commit, whether a ref points there or not.
 */
final class RefAdvertisement {
  private static final Pattern COMMIT = Pattern.compile("[0-9a-fA-F]{40}|[0-9a-fA-F]{64}");
  private static final Pattern SHORT_COMMIT = Pattern.compile("[0-9a-fA-F]{7,63}");
  private static final String PEELED = "^{}";
  private static final String SYMREF = "ref: ";

  private final @Nullable String ref;
  private final Map<String, String> wanted = new HashMap<>();
  private @Nullable String headTarget;
  private @Nullable String nameOfCommit;
  private boolean any;

  private RefAdvertisement(@Nullable String ref) {
    this.ref = ref;
  }

  /**
   * Reads to the end, which the caller closes; lines that are none of Git's are passed over. A name
   * need not be UTF-8, to Git it is bytes.
   */
  static RefAdvertisement read(InputStream in, @Nullable String ref) throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    RefAdvertisement refs = new RefAdvertisement(ref);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      int tab = line.indexOf('\t');
      if (tab > 0) {
        refs.take(line.substring(0, tab), line.substring(tab + 1));
      }
    }
    return refs;
  }

  private void take(String value, String name) {
    if (value.startsWith(SYMREF)) {
      headTarget = name.equals("HEAD") ? value.substring(SYMREF.length()) : headTarget;
      return;
    }
    if (!COMMIT.matcher(value).matches()) {
      return;
    }
    any = true;
    String plain = name.endsWith(PEELED) ? name.substring(0, name.length() - 3) : name;
    boolean asked =
        ref == null
            ? plain.equals("HEAD")
            : plain.equals(ref)
                || plain.equals("refs/heads/" + ref)
                || plain.equals("refs/tags/" + ref);
    if (asked) {
      wanted.put(name, value);
    }
    if (nameOfCommit == null && value.equalsIgnoreCase(ref) && plain.startsWith("refs/heads/")) {
      nameOfCommit = plain;
    }
  }

  /**
   * The commit that is meant.
   *
   * @throws io.temporal.failure.ApplicationFailure {@code repository_empty}, {@code git_not_found}
   */
  ResolveOutcome resolve(GitRemote remote) {
    if (!any) {
      throw FailureMapper.failure(
          Cause.REPOSITORY_EMPTY,
          remote.name() + ": the repository has no commit; push one, or leave the target out",
          null);
    }
    if (ref == null) {
      return head(remote);
    }
    if (COMMIT.matcher(ref).matches()) {
      return new ResolveOutcome(ref.toLowerCase(Locale.ROOT), nameOfCommit);
    }
    String full = ref.startsWith("refs/") ? ref : "refs/heads/" + ref;
    if (!wanted.containsKey(full)) {
      full = "refs/tags/" + ref;
    }
    if (!wanted.containsKey(full)) {
      throw FailureMapper.failure(Cause.GIT_NOT_FOUND, missing(remote.name(), ref), null);
    }
    return new ResolveOutcome(commit(full), full);
  }

  private ResolveOutcome head(GitRemote remote) {
    if (!wanted.containsKey("HEAD")) {
      throw FailureMapper.failure(
          Cause.GIT_NOT_FOUND,
          remote.name() + ": its default branch has no commit; name another one with @BRANCH",
          null);
    }
    return new ResolveOutcome(commit("HEAD"), headTarget);
  }

  /** An annotated tag is an object of its own; the peeled line has the commit. */
  private String commit(String name) {
    String direct = wanted.getOrDefault(name, "");
    return wanted.getOrDefault(name + PEELED, direct);
  }

  private static String missing(String name, String ref) {
    return name
        + ": there is no branch or tag "
        + ref
        + (SHORT_COMMIT.matcher(ref).matches()
            ? "; a commit is given by all its digits"
            : "; check what stands after the @");
  }
}
