package dev.repofleet.artifacts;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** A service that cuts its answers, as a proxy does that is started anew. */
class S3ArtifactStoreTest {
  private static final String IDENTITY = "{\"storeId\":\"some-store\"}";

  private final ServerSocket server = listen();
  private final Thread thread = new Thread(this::serve, "cutting-s3");
  private ArtifactStore store = FolderArtifactStore.open(Path.of("target", "unused"));

  private static ServerSocket listen() {
    try {
      return new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeEach
  void open() {
    thread.setDaemon(true);
    thread.start();
    store =
        S3ArtifactStore.open(
            S3Client.builder()
                .endpointOverride(URI.create("http://127.0.0.1:" + server.getLocalPort()))
                .forcePathStyle(true)
                .region(Region.US_EAST_1)
                .credentialsProvider(
                    StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build(),
            "bucket",
            "");
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  /** Answers each connection once: the identity whole, all else with half of what it promises. */
  private void serve() {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        BufferedReader in =
            new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
        String request = String.valueOf(in.readLine());
        for (String line = in.readLine(); line != null && !line.isEmpty(); ) {
          line = in.readLine();
        }
        boolean whole = request.contains("store.json");
        String body = whole ? IDENTITY : "x".repeat(50);
        String head =
            "HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
                .formatted(whole ? body.length() : 100);
        socket.getOutputStream().write((head + body).getBytes(ISO_8859_1));
      } catch (IOException e) {
        // The test has ended, or the client has hung up.
      }
    }
  }

  @Test
  void anAnswerThatIsCutIsAFailureAndNoShortDocument() {
    assertThat(store.storeId()).isEqualTo("some-store");
    for (String uri :
        new String[] {
          "artifact:batches/b/manifest.jsonl", "artifact:objects/aa/" + "a".repeat(64)
        }) {
      assertThatThrownBy(() -> store.read(uri, 1000))
          .isExactlyInstanceOf(ArtifactException.class)
          .hasMessageContaining("cut 50 bytes before its end");
    }
  }

  @Test
  void whatIsMissingInTheEnvironmentIsToldAsTheStores() {
    assertThatThrownBy(
            () ->
                S3Location.parse("s3://some-bucket")
                    .open(Map.of("REPOFLEET_S3_ACCESS_KEY_ID", "key")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("REPOFLEET_S3_SECRET_ACCESS_KEY");
    assertThatThrownBy(
            () -> S3Location.parse("s3://some-bucket").open(Map.of("AWS_ENDPOINT_URL_S3", " ")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("AWS_ENDPOINT_URL_S3 is set and empty");
  }
}
