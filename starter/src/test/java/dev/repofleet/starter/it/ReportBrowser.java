package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.starter.report.BatchReports;
import dev.repofleet.starter.report.ReportFormat;
import dev.repofleet.starter.testing.SampleReport;
import dev.repofleet.starter.testing.Waiting;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real browser that opens reports: the system's Chromium, driven by what {@code
 * src/test/browser/package-lock.json} names. Those packages are installed by npm into the project's
 * tool cache, once for each content of that file.
 */
final class ReportBrowser {
  private static final Path SOURCES = Path.of("src", "test", "browser").toAbsolutePath();
  private static final Path PICTURES = Path.of("target", "report-pictures").toAbsolutePath();

  private final Path tools;
  private final String chromium;

  private ReportBrowser(Path tools, String chromium) {
    this.tools = tools;
    this.chromium = chromium;
  }

  /** Skips the test where the browser, Node.js or npm is missing; under {@code CI=true} fails. */
  static ReportBrowser require() throws Exception {
    Optional<String> chromium =
        Stream.of("chromium", "chromium-browser", "google-chrome")
            .filter(Prerequisites::onPath)
            .findFirst();
    Prerequisites.require(chromium.isPresent(), "needs Chromium (Debian: chromium)");
    Prerequisites.require(
        Prerequisites.onPath("node") && Prerequisites.onPath("npm"), "needs node and npm");
    String program = chromium.orElseThrow();
    Path path =
        Stream.of(System.getenv("PATH").split(":", -1))
            .map(folder -> Path.of(folder, program))
            .filter(Files::isExecutable)
            .findFirst()
            .orElseThrow();
    return new ReportBrowser(install(), path.toString());
  }

  private static Path install() throws Exception {
    byte[] lock = Files.readAllBytes(SOURCES.resolve("package-lock.json"));
    Path cache =
        Path.of(
            System.getenv()
                .getOrDefault(
                    "REPOFLEET_TOOLS", System.getProperty("user.home") + "/.cache/repofleet"));
    Path place = cache.resolve("browser-" + version(lock));
    if (Files.isDirectory(place.resolve("node_modules/playwright-core"))) {
      return place;
    }
    Files.createDirectories(cache);
    Path build = Files.createTempDirectory(cache, "browser-build.");
    for (String file : List.of("package.json", "package-lock.json")) {
      Files.copy(SOURCES.resolve(file), build.resolve(file));
    }
    Process npm =
        new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
            .directory(build.toFile())
            .redirectErrorStream(true)
            .start();
    String said = text(npm.getInputStream());
    assertThat(npm.waitFor(Waiting.LONG.toSeconds(), TimeUnit.SECONDS)).as("npm ci ends").isTrue();
    assertThat(npm.exitValue()).as(said).isZero();
    try {
      Files.move(build, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw e;
    } catch (FileAlreadyExistsException e) {
      // Another test run was quicker; its copy is the same.
    } catch (FileSystemException e) {
      assertThat(place.resolve("node_modules/playwright-core")).isDirectory();
    }
    return place;
  }

  private static String version(byte[] lock) throws NoSuchAlgorithmException {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(lock);
    return HexFormat.of().formatHex(hash).substring(0, 12).toLowerCase(Locale.ROOT);
  }

  private static String text(InputStream in) throws IOException {
    return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
  }

  /** Everything that is wrong with the report, a line each. Times go to the test's own output. */
  List<String> faults(String name, SampleReport report, String mode) throws Exception {
    Path folder = Files.createDirectories(PICTURES.resolve(name));
    Path file = folder.resolve("report.html");
    try (Writer writer = Files.newBufferedWriter(file)) {
      BatchReports.write(ReportFormat.HTML, report.batch(), report, writer);
    }
    Process check =
        new ProcessBuilder(
                "node",
                SOURCES.resolve("check.mjs").toString(),
                tools.toString(),
                chromium,
                file.toString(),
                folder.toString(),
                mode)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String faults = text(check.getInputStream());
    assertThat(check.waitFor(Waiting.LONG.toSeconds(), TimeUnit.SECONDS))
        .as("the check ends")
        .isTrue();
    List<String> lines = faults.lines().toList();
    return check.exitValue() != 0 && lines.isEmpty()
        ? List.of("the check itself failed, exit " + check.exitValue())
        : lines;
  }
}
