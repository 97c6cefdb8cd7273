package dev.repofleet.starter.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubpathGlobTest {
  @ParameterizedTest
  @CsvSource({
    "services/*, services, services/a, services/a/b services services/.x other/a",
    "services/**, services, services/a services/a/b/c, services services/.x services/a/.x other/a",
    "**/app, '', app a/app a/b/app, apps a/app/b .x/app",
    "a/**/b, a, a/b a/x/b a/x/y/b, a b a/bb a/.x/b",
    "a/*-v*/c, a, a/x-v1/c a/-v/c, a/v/c a/x-v1/d a/x/-v/c",
    "*, '', a b, .a a/b",
    "a.b/x*, a.b, a.b/x a.b/xy, acb/x a.b/yx a.b/x/y",
    ".*, '', .github .x, a .x/y",
    "a/x**y, a, a/xy a/x-y, a/x/y",
  })
  void stands_for_folders(String glob, String base, String matched, String others) {
    SubpathGlob folders = new SubpathGlob(glob);
    assertThat(folders.base()).isEqualTo(base);
    assertThat(Stream.of(matched.split(" "))).allMatch(folders::matches);
    assertThat(Stream.of(others.split(" "))).noneMatch(folders::matches);
  }

  /** An expression that goes back and tries again would not end in this universe's time. */
  @Test
  void many_stars_against_the_name_of_a_stranger_are_soon_told() {
    SubpathGlob folders = new SubpathGlob("*a".repeat(60) + "*b/**");
    String name = "a".repeat(4_000);
    assertThat(folders.matches(name + "/x")).isFalse();
    assertThat(folders.matches(name + "b/x")).isTrue();
    assertThat(new SubpathGlob("**/".repeat(60) + "z").matches("a/".repeat(2_000) + "y")).isFalse();
  }
}
