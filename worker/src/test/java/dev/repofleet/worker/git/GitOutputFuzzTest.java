package dev.repofleet.worker.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.fuzz.Fuzz;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.workflows.activities.git.CloneOutcome;
import dev.repofleet.workflows.activities.git.Incremental;
import dev.repofleet.workflows.activities.git.ResolveOutcome;
import io.temporal.failure.ApplicationFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever Git, a host behind it, or a script in a sandbox says: a failure with a cause. */
class GitOutputFuzzTest {
  private static final String TOKEN = "hub-token-123";
  private static final String COMMIT = "c0ffee0123c0ffee0123c0ffee0123c0ffee0123";
  private static final Instant NOW = Instant.parse("2026-11-23T00:00:00Z");

  private static final GitRemote REMOTE =
      new GitRemote(
          "o/r", "https://github.com/o/r", "github.com", "https", null, "GITHUB_TOKEN", null);

  private final KnownSecrets secrets = KnownSecrets.of(Map.of("GITHUB_TOKEN", TOKEN));

  @TempDir private Path folder;

  @Test
  void spoiltRefsAreACommitOrAFailureWithACause() {
    Fuzz.of(
            "ref: refs/heads/main\tHEAD\n"
                + COMMIT
                + "\tHEAD\n"
                + COMMIT
                + "\trefs/heads/main\n"
                + COMMIT.replace('c', 'a')
                + "\trefs/tags/v1\n"
                + COMMIT
                + "\trefs/tags/v1^{}\n")
        .bytes(
            input -> {
              for (String ref : new String[] {null, "main", "v1", COMMIT, "refs/heads/x"}) {
                try {
                  ResolveOutcome outcome =
                      RefAdvertisement.read(new ByteArrayInputStream(input), ref).resolve(REMOTE);
                  assertThat(outcome.commit()).matches("[0-9a-fA-F]{40}([0-9a-fA-F]{24})?");
                } catch (ApplicationFailure e) {
                  assertThat(e.getType()).isIn("repository_empty", "git_not_found");
                }
              }
            });
  }

  @Test
  void spoiltWordsOfGitAreQuotedInABoundedLineWithoutTheToken() {
    Fuzz.of(
            "remote: \u001b[31mhub-token-123\nfatal: unable to access 'https://h/': The requested"
                + " URL returned error: 429\n",
            "fatal: Authentication failed for 'https://hub-token-123@h/o/r/'\n",
            "error: object 12: badName: hub-token-123\nfatal: fsck error in packed object\n",
            "error: RPC failed; hub-token-123")
        .text(
            input -> {
              ApplicationFailure failure = GitFailures.of(REMOTE, input, input, secrets);
              assertThat(failure.getType()).isNotBlank();
              assertThat(failure.getOriginalMessage()).startsWith("o/r").doesNotContain(TOKEN);
              String quoted = GitFailures.quoted(input, secrets);
              assertThat(quoted).isNotBlank().doesNotContain(TOKEN).hasSizeLessThan(201);
              assertThat(quoted.chars().noneMatch(Character::isISOControl)).isTrue();
            });
    Fuzz.of("120", "Wed, 25 Nov 2026 07:28:00 GMT")
        .text(
            input -> {
              Duration delay = GitFailures.delay(input, NOW);
              if (delay != null) {
                assertThat(delay).isBetween(Duration.ofSeconds(1), Duration.ofMinutes(15));
              }
            });
  }

  @Test
  void aSpoiltInventoryIsReadOrToldInPartOnly() {
    ArtifactStore store = ArtifactStores.open(folder.resolve("store").toString());
    Incremental asked = new Incremental(COMMIT, "b", "k", null, null, null);
    Fuzz.of(
            "unheeded too_large\nchanged missing\ntree " + COMMIT + "\nfiles 7\nbytes 4711\n",
            """
            ignored 3
            rules 2
            rule .reviewignore\t*.md
            rule a/.reviewignore\t!x
            changed 2
            changed-path src/a.c
            changed-path b
            tree c0ffee0123c0ffee0123c0ffee0123c0ffee0123
            files 12
            bytes 34567
            extension 30000 java
            extension 4567 /Makefile
            setting .claude/settings.json
            retry-after 7
            """)
        .text(
            input -> {
              try {
                CloneOutcome outcome = CloneStep.inventory(input, store);
                assertThat(outcome.treeHash()).isNotNull();
                assertThat(outcome.files()).isNotNegative();
                CloneStep.compared(asked, input);
                assertThat(CloneStep.changedPaths(input)).doesNotContainNull();
              } catch (ApplicationFailure e) {
                assertThat(e.getOriginalMessage()).contains("told in part only");
              }
            });
  }

  /** They ended the step with whatever exception there was. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "files 12",
        "tree a\nfiles x",
        "tree a\nfiles -1",
        "tree a\nignored -1",
        "tree a\nextension java",
        "tree a\nbytes 99999999999999999999",
        "tree a\nunheeded bored"
      })
  void countsThatAreNoneAreToldInPartOnly(String told) {
    ArtifactStore store = ArtifactStores.open(folder.resolve("store").toString());
    assertThatThrownBy(() -> CloneStep.inventory(told, store))
        .isInstanceOfSatisfying(
            ApplicationFailure.class, failure -> assertThat(failure.isNonRetryable()).isFalse())
        .hasMessageContaining("the clone was told in part only");
  }

  /** A reader of UTF-8 alone found no ref of such a repository. */
  @Test
  void aBranchWhoseNameIsNotUtf8HidesNoOther() throws IOException {
    String told = COMMIT + "\trefs/heads/caf\u00e9\n" + COMMIT + "\trefs/heads/main\n";
    byte[] latin = told.getBytes(StandardCharsets.ISO_8859_1);
    ResolveOutcome outcome =
        RefAdvertisement.read(new ByteArrayInputStream(latin), "main").resolve(REMOTE);
    assertThat(outcome.ref()).isEqualTo("refs/heads/main");
  }

  @Test
  void spoiltChangesAreReadOrToldInPartOnly() {
    Fuzz.of("tree " + COMMIT + "\0changed 3\0patch /state/d 1234\0nested lib/x\0link a b\0")
        .text(
            input -> {
              try {
                TreeChanges.Told told = TreeChanges.Told.parse(input, KnownSecrets.of(Map.of()));
                assertThat(told.tree()).isNotEmpty();
                assertThat(told.notes()).hasSizeLessThanOrEqualTo(50);
              } catch (ApplicationFailure e) {
                assertThat(e.getOriginalMessage()).contains("told in part only");
              }
            });
  }

  @Test
  void aSecretInTheNameOfAFileIsInNoNote() {
    KnownSecrets secrets = KnownSecrets.of(Map.of("ANTHROPIC_API_KEY", "sk-ant-0123456789"));
    assertThat(
            TreeChanges.Told.parse("tree " + COMMIT + "\0ignored a/sk-ant-0123456789.k\0", secrets)
                .notes())
        .containsExactly("ignored file: a/***.k");
  }

  @Test
  void spoiltChangesOfAPatchAreChangesOrNone() {
    Fuzz.of(
            ":100644 100755 %1$s %1$s M\0src/a b.c\0:000000 120000 %1$s %1$s A\0\u00c3\u00bc\0"
                .formatted(COMMIT))
        .bytes(
            input -> {
              try {
                PatchClone.changes(new String(input, StandardCharsets.ISO_8859_1))
                    .forEach(change -> assertThat(change.path()).doesNotContain("\0"));
              } catch (IllegalStateException e) {
                assertThat(e).hasMessage("git diff-tree prints what is no change");
              }
            });
    assertThat(PatchClone.changes(":100644 000000 %1$s %1$s D\0\u00c3\u00bc\0".formatted(COMMIT)))
        .containsExactly(new PatchClone.Change("\u00fc", "100644", "000000", COMMIT));
  }
}
