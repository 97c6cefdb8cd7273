package dev.repofleet.starter.embedded;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The release of the Temporal CLI that is installed where none is found, with the hashes its
 * program must have. Immutable.
 *
 * @param version of the CLI, without a leading v
 * @param sha256 of the program {@code temporal}, hexadecimal, by platform such as {@code
 *     linux-amd64}
 */
record TemporalRelease(String version, Map<String, String> sha256) {
  /** The release every figure of the documentation was measured with. */
  static final TemporalRelease PINNED =
      new TemporalRelease(
          "1.9.1",
          Map.of(
              "linux-amd64", "712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0",
              "linux-arm64", "667e9403cb2faaf439ecaa7eb7190e0d08521de6c9118da7fd26ad594281271d",
              "darwin-amd64", "d5776986d343fb789f49e4e7b6d3faca931c0877b71c6d4a7ac39dba467155cc",
              "darwin-arm64", "33c298d41f6eefebf01a28a3511f444480e939e21d3518cb0c12a4abad467c4b"));

  TemporalRelease {
    sha256 = Map.copyOf(sha256);
  }

  /** The hash for a platform; empty when the release was never looked at there. */
  Optional<String> hashOn(Platform platform) {
    return Optional.ofNullable(sha256.get(platform.toString()));
  }

  /**
   * An operating system and processor, in the words of the CLI's downloads.
   *
   * @param system {@code linux}, {@code darwin}, or another system's own name
   * @param processor {@code amd64}, {@code arm64}, or another processor's own name
   */
  record Platform(String system, String processor) {
    static Platform current() {
      return of(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
    }

    static Platform of(String osName, String osArch) {
      String system = osName.toLowerCase(Locale.ROOT);
      String processor = osArch.toLowerCase(Locale.ROOT);
      return new Platform(
          system.startsWith("mac") ? "darwin" : system,
          switch (processor) {
            case "x86_64", "amd64" -> "amd64";
            case "aarch64", "arm64" -> "arm64";
            default -> processor;
          });
    }

    @Override
    public String toString() {
      return system + "-" + processor;
    }
  }
}
