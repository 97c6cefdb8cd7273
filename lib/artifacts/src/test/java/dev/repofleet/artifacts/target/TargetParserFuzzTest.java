package dev.repofleet.artifacts.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.fuzz.Fuzz;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Whatever stands in a list of targets: a {@link TargetSyntaxException}, or a harmless target. */
class TargetParserFuzzTest {
  private static final String PASSWORD = "s3cr3t-t0ken";

  private final TargetParser parser = new TargetParser("there"::equals);

  @Test
  void spoiltTargetsAreRefusedInALineOrAreHarmless() {
    Fuzz.of(
            "https://github.com/owner/name@v1.2#modules/core",
            "https://user:" + PASSWORD + "@host.example:8443/a/b.git",
            "ssh://git@host.example:22/group/sub/name",
            "git@host.example:group/name@main",
            "https://[2001:db8::1]:3000/a/b",
            "https://10.0.0.1/a/b",
            "owner/name@feature/x#a",
            "there@main#folder",
            "./folder#sub",
            "~/folder",
            "file:///etc/passwd",
            "ext::sh -c x")
        .text(
            input -> {
              try {
                requireHarmless(parser.parse(input));
              } catch (TargetSyntaxException e) {
                assertThat(e.getMessage()).isNotBlank();
                assertThat(TargetParser.isVisible(String.valueOf(e.getMessage()))).isTrue();
                assertThat(e.getMessage()).hasSizeLessThan(1000);
                if (input.startsWith("https://user:" + PASSWORD + "@host")
                    && input.indexOf(PASSWORD) == input.lastIndexOf(PASSWORD)) {
                  assertThat(e.getMessage()).doesNotContain(PASSWORD);
                }
              }
            });
  }

  @Test
  void spoiltRefsAndFoldersBesideATargetAreRefusedInALineOrAreHarmless() {
    Fuzz.of("main", "feature/x", "a..b", "../x", "c0ffee", "./a/b/", "-x")
        .text(
            input -> {
              for (boolean ref : new boolean[] {true, false}) {
                try {
                  requireHarmless(parser.parse("o/n", ref ? input : null, ref ? null : input));
                } catch (TargetSyntaxException e) {
                  assertThat(TargetParser.isVisible(String.valueOf(e.getMessage()))).isTrue();
                }
              }
            });
  }

  private static void requireHarmless(TargetSpec spec) {
    assertThat(TargetParser.isVisible(spec.target() + spec.url())).isTrue();
    assertThat(spec.url()).doesNotStartWith("-");
    if (spec.ref() != null) {
      assertThat(spec.ref()).doesNotStartWith("-").doesNotContain("..", " ", "^", ":");
    }
    if (spec.subpath() != null) {
      assertThat(spec.subpath()).doesNotStartWith("-").doesNotStartWith("/");
      assertThat(Arrays.asList(spec.subpath().split("/", -1))).doesNotContain("..", ".git", "");
    }
    if (spec.kind() == TargetSpec.Kind.URL) {
      assertThat(spec.url()).matches("(https?://|ssh://|[A-Za-z0-9_][A-Za-z0-9._-]*@).*");
      CanonicalTarget canonical = CanonicalTarget.ofUrl(spec.url());
      assertThat(canonical.name()).isNotBlank();
      assertThat(spec.url().toLowerCase(Locale.ROOT)).contains(hostWithoutPort(canonical));
    }
  }

  private static String hostWithoutPort(CanonicalTarget canonical) {
    return String.valueOf(canonical.host()).replaceAll("(?<=[^:\\[]):[0-9]+$", "");
  }
}
