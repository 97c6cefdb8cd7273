package dev.repofleet.worker.publish;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PullRequestTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ask @acme/security|ask @~acme/security",
        "fixes #1|fixes #~1",
        "&commat;acme/security|\\&commat;acme/security",
        "gh-1 and GH-2|gh-~1 and GH-~2",
        "see www.evil.example|see www.~evil.example",
        "http://evil.example|http://~evil.example",
        "![x](y)|\\!\\[x\\]\\(y\\)",
        "<img src=x>|\\<img src=x\\>",
        "====|~====",
        "- a list|~- a list",
        "1. a list|~1. a list",
        ":rocket:|:~rocket:",
        "$x$|\\$x\\$",
        "at 10:30 it is fine|at 10:30 it is fine"
      })
  void what_an_agent_wrote_does_nothing_where_it_is_read(String said, String shown) {
    assertThat(PullRequestText.inMarkdown(said)).isEqualTo(shown.replace('~', '\u200B'));
  }

  @Test
  void controls_and_directions_are_gone() {
    assertThat(PullRequestText.inMarkdown("a\u001b]0;x\u0007\u202Eb")).isEqualTo("a \\]0;x b");
  }
}
