package dev.repofleet.worker.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.worker.git.PatchClone.Change;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChangeRulesTest {
  private static final String NONE = "000000";
  private static final String FILE = "100644";

  private static Optional<String> refusal(boolean allowed, Change... changes) {
    return new ChangeRules(allowed)
        .refusal(
            List.of(changes),
            link -> {
              throw new AssertionError("no link is looked at");
            });
  }

  private static Change file(String path) {
    return new Change(path, FILE, FILE, "1");
  }

  private static Optional<String> link(String path, String target) {
    return new ChangeRules(true)
        .refusal(List.of(new Change(path, NONE, "120000", "1")), link -> target);
  }

  @Test
  void ordinary_files_may_be_changed_added_and_deleted() {
    assertThat(
            refusal(
                false,
                file("src/Main.java"),
                new Change("new/.gitignore", NONE, FILE, "1"),
                new Change("old.sh", "100755", NONE, "0"),
                file("docs/.github/workflows.md"),
                file("gitlab-ci.yml")))
        .isEmpty();
  }

  @Test
  void submodules_stay_as_they_are() {
    assertThat(refusal(true, new Change("lib/x", NONE, "160000", "1")))
        .get()
        .asString()
        .isEqualTo("it changes submodules (lib/x)");
    assertThat(refusal(true, new Change("lib/x", "160000", NONE, "0"))).isPresent();
    assertThat(refusal(true, file(".gitmodules"))).isPresent();
    assertThat(refusal(true, file(".GitModules"))).isPresent();
    assertThat(refusal(true, file("gitmod~1"))).isPresent();
    assertThat(refusal(true, file(".gitmodules ."))).isPresent();
    assertThat(refusal(true, file(".git\u200cmodules"))).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".git/config",
        "sub/.git/hooks/post-checkout",
        ".GIT/config",
        "a/git~1/config",
        ".git ./config",
        ".g\u200cit/config",
        ".git::$INDEX_ALLOCATION/config",
        "a/GIT~2/config"
      })
  void nothing_is_written_where_git_keeps_its_own(String path) {
    assertThat(refusal(true, file(path))).get().asString().contains(".git folder");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".github/workflows/x\ny.yml",
        "d\r/Jenkinsfile",
        ".circleci/\u001b]0;x",
        ".github/workflows/x\u2028.yml",
        "a\u0085b"
      })
  void names_that_nobody_can_read_are_refused(String path) {
    assertThat(refusal(true, file(path))).get().asString().contains("control character");
  }

  @ParameterizedTest
  @CsvSource({
    "a/b,/etc/passwd",
    "a/b,../../x",
    "b,..",
    "a,.git/config",
    "a/b,c/../../../d",
    "a,c:\\x",
    "esc,a/b/c/up/../../etc/passwd",
    "a/b,c/../d",
    "x,.git::$INDEX_ALLOCATION/hooks"
  })
  void links_out_of_the_tree_are_refused(String path, String target) {
    assertThat(link(path, target)).get().asString().contains(path).contains(target);
  }

  @ParameterizedTest
  @CsvSource({"a/b,../c", "b,c/d", "a/b/c,../../d", "b,./x", "b,gone"})
  void links_within_it_are_not(String path, String target) {
    assertThat(link(path, target)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".github/workflows/ci.yml",
        ".GitHub/Workflows/ci.yml",
        ".github/actions/x/action.yml",
        ".gitlab-ci.yml",
        ".circleci/config.yml",
        "azure-pipelines.yml",
        "build/Jenkinsfile",
        ".forgejo/workflows/a.yaml",
        ".github/workflows",
        ".github",
        ".circleci",
        ".buildkite",
        ".gitlab",
        "ci/Jenkinsfile.release",
        "x.jenkinsfile",
        ".cirrus.star",
        "renovate.json",
        ".claude/settings.json",
        "app/.claude/settings.json",
        ".mcp.json",
        ".gitattributes",
        ".devcontainer",
        ".github/renovate.json5",
        ".gitlab/renovate.json",
        ".clinerules",
        ".clinerules/rule.md",
        ".roorules-code",
        "app/.roo/rules/a.md",
        ".github/instructions/a.instructions.md",
        ".github/agents/reviewer.md"
      })
  void what_forges_run_is_changed_only_when_a_person_says_so(String path) {
    assertThat(refusal(false, file(path))).get().asString().contains("--allow-workflow-changes");
    assertThat(refusal(true, file(path))).isEmpty();
  }
}
