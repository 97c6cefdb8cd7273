package dev.repofleet.artifacts;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Adobe's S3Mock, a real server of S3's protocol, in a Java VM of its own on loopback. */
final class S3Server implements AutoCloseable {
  private static final Path JAR = Path.of("target", "s3-server", "s3mock.jar");

  /** Only a hang reaches it. */
  static final Duration LONG = Duration.ofMinutes(3);

  /** What its web server says when it accepts connections; the port is the system's choice. */
  private static final Pattern STARTED = Pattern.compile("started on ports? .*?(\\d+) \\(http\\)");

  private final Process process;
  private final int port;

  private S3Server(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts one that keeps its files in the folder; blocks until it answers. */
  static S3Server start(Path folder) throws IOException, InterruptedException {
    Path log = folder.resolve("s3-server.log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-jar",
                JAR.toAbsolutePath().toString(),
                "--server.address=127.0.0.1",
                "--server.port=0",
                "--http.port=0")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Instant until = Instant.now().plus(LONG);
    Matcher started = STARTED.matcher("");
    while (!started.reset(Files.readString(log)).find()) {
      if (!process.isAlive() || Instant.now().isAfter(until)) {
        process.destroyForcibly();
        throw new IOException("the S3 server did not start: " + Files.readString(log));
      }
      process.waitFor(200, TimeUnit.MILLISECONDS);
    }
    return new S3Server(process, Integer.parseInt(started.group(1)));
  }

  /** A client of it. */
  S3Client client() {
    return S3Client.builder()
        .endpointOverride(URI.create("http://127.0.0.1:" + port))
        .forcePathStyle(true)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
