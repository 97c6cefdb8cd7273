package dev.repofleet.artifacts.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetParserTest {
  private static final Set<String> FOLDERS =
      Set.of("work", "/srv/repo", "/home/me@corp/repo", "./a#b", "git", "team/app", "/", ".");

  private final TargetParser parser = new TargetParser(FOLDERS::contains);

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "owner/name, https://github.com/owner/name, -, -",
        "owner/name@v1.2, https://github.com/owner/name, v1.2, -",
        "owner/name#src/main, https://github.com/owner/name, -, src/main",
        "owner/name@feature/x#src/, https://github.com/owner/name, feature/x, src",
        "owner/name@@scope/pkg@1.0.0, https://github.com/owner/name, @scope/pkg@1.0.0, -",
        "owner/.github, https://github.com/owner/.github, -, -",
        "https://Example.COM/a/b/c.git, https://example.com/a/b/c.git, -, -",
        "https://example.com:8443/a/b@main#x, https://example.com:8443/a/b, main, x",
        "http://127.0.0.1:9418/a, http://127.0.0.1:9418/a, -, -",
        "https://[::1]:3000/a/b, https://[::1]:3000/a/b, -, -",
        "ssh://git@example.com:2222/a/b@v1, ssh://git@example.com:2222/a/b, v1, -",
        "ssh://example.com/a/b/, ssh://example.com/a/b, -, -",
        "git@github.com:owner/name.git, git@github.com:owner/name.git, -, -",
        "git@github.com:owner/name@v1#x, git@github.com:owner/name, v1, x",
        "git@github.com:/owner/name, git@github.com:owner/name, -, -",
        "HTTPS://example.com/a, https://example.com/a, -, -",
        "https://git.example.com/~user/repo, https://git.example.com/~user/repo, -, -",
      })
  void urlsAreUnderstood(String typed, String url, String ref, String subpath) {
    assertThat(parser.parse(typed))
        .isEqualTo(new TargetSpec(TargetSpec.Kind.URL, url, ref, subpath, typed));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "work, work, -, -",
        "work@v1#src, work, v1, src",
        "/srv/repo, /srv/repo, -, -",
        "/srv/repo@feature/x, /srv/repo, feature/x, -",
        "/home/me@corp/repo, /home/me@corp/repo, -, -",
        "/home/me@corp/repo@v2#a/b, /home/me@corp/repo, v2, a/b",
        "./a#b, ./a#b, -, -",
        "team/app, team/app, -, -",
        "., ., -, -",
        ".@main#src, ., main, src",
        "../gone, ../gone, -, -",
        "~/repo@v1, ~/repo, v1, -",
        "/not/there@v1#x, /not/there, v1, x",
        "/not/the@re/repo, /not/the@re/repo, -, -",
      })
  void pathsAreUnderstood(String typed, String path, String ref, String subpath) {
    assertThat(parser.parse(typed))
        .isEqualTo(new TargetSpec(TargetSpec.Kind.PATH, path, ref, subpath, typed));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "-oProxyCommand=x",
        "--upload-pack=x",
        "ext::sh -c true",
        "fd::3/x",
        "file:///etc",
        "FILE:///etc",
        "git://example.com/a/b",
        "ftp://example.com/a",
        "javascript://example.com/a",
        "https://user:pw@example.com/a/b",
        "https://ghp_secret@example.com/a/b",
        "https://@example.com/a/b",
        "ssh://git:pw@example.com/a/b",
        "ssh://-oProxyCommand=x/a/b",
        "ssh://-x@example.com/a",
        "git@-host:a/b",
        "git@host:-oProxy",
        "https:///a/b",
        "https://example.com",
        "https://example.com/",
        "https://example.com:0/a",
        "https://example.com:99999/a",
        "https://exa mple.com/a",
        "https://example.com/a b",
        "https://example.com/a?token=x",
        "https://example.com/../a",
        "https://example.com/a/%2e%2e/b",
        "https://example.com/a%0ab",
        "https://example.com/a%zz",
        "https://example.com/a\\b",
        "https://ex\u202eample.com/a",
        "https://example.com/a\u0000",
        "a/b\u001b[2J",
        "owner/name@",
        "owner/name#",
        "owner/name@-x",
        "owner/name@a..b",
        "owner/name@a b",
        "owner/name@refs/heads/x.lock",
        "owner/name@a^{commit}",
        "owner/name@:path",
        "owner/name@HEAD~1",
        "owner/name#/etc",
        "owner/name#../x",
        "owner/name#a/../b",
        "owner/name#.git/hooks",
        "owner/name#a/.GIT",
        "owner/name#:(glob)x",
        "owner/..",
        "name",
        "owner//name",
        "owner/name/more",
        "a:b",
      })
  void whatCouldHarmOrMeansNothingIsRefusedInOneSentence(String typed) {
    assertThatThrownBy(() -> parser.parse(typed))
        .isInstanceOf(TargetSyntaxException.class)
        .message()
        .matches("[^\\p{Cntrl}]{20,400}")
        .doesNotContain("ghp_secret", ":pw@");
  }

  /** The spelling of a repository would be that of host "null", or none at all. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://[1]/a/b",
        "https://[::12345]/a/b",
        "https://a..b/c/d",
        "https://host.7/a/b",
        "ssh://git@a-.example/b/c"
      })
  void aHostThatIsNoneIsRefused(String typed) {
    assertThatThrownBy(() -> parser.parse(typed))
        .isInstanceOf(TargetSyntaxException.class)
        .hasMessageContaining("its host is not valid");
  }

  /** It was cut before what stands before the @ was hidden. */
  @Test
  void aTokenLongerThanWhatIsShownIsHidden() {
    String typed = "https://oauth2:" + "t0ken".repeat(100) + "@example.com/a/b";
    assertThat(TargetParser.display(typed)).isEqualTo("https://***@example.com/a/b");
    assertThatThrownBy(() -> parser.parse(typed)).hasMessageNotContaining("t0ken");
    assertThat(TargetParser.display("x".repeat(500))).hasSize(200);
  }

  @Test
  void aTargetOfAnyLengthIsRefusedQuickly() {
    assertThatThrownBy(() -> parser.parse("https://h/" + "a".repeat(5000)))
        .isInstanceOf(TargetSyntaxException.class)
        .message()
        .hasSizeLessThan(400);
  }

  @Test
  void theShortSshFormIsNotTakenForAFolderOfTheUsersName() {
    assertThat(parser.parse("git@github.com:o/r").kind()).isEqualTo(TargetSpec.Kind.URL);
  }

  @Test
  void displayHidesCredentialsAndControlCharacters() {
    assertThat(TargetParser.display("https://u:p@h/a\u001b[2J\u202e"))
        .isEqualTo("https://***@h/a[2J");
    assertThat(TargetParser.display("ssh://u:p@h/a")).isEqualTo("ssh://***@h/a");
    assertThat(TargetParser.display("https://h/a@v1")).isEqualTo("https://h/a@v1");
  }
}
