package dev.repofleet.artifacts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The contract of artifact stores, against a real server of S3's protocol. Not seen here: that of
 * many who write once at the same moment one wins. Amazon S3 promises it; this server looks and
 * writes in two steps (observed, S3Mock 5.2.0).
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class S3ArtifactStoreIT extends ArtifactStoreContract {
  private static @Nullable S3Server server;
  private static @Nullable S3Client client;
  private static int buckets;

  private String bucket = "";

  @BeforeAll
  static void start(@TempDir Path files) throws IOException, InterruptedException {
    server = S3Server.start(files);
    client = server.client();
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static S3Client s3() {
    return Objects.requireNonNull(client);
  }

  /** Runs before the contract opens its store. */
  private void requireBucket() {
    if (bucket.isEmpty()) {
      bucket = "artifacts-" + buckets++;
      s3().createBucket(request -> request.bucket(bucket));
    }
  }

  @BeforeEach
  void begin() {
    requireBucket();
  }

  @Override
  ArtifactStore open(String name) {
    requireBucket();
    return S3ArtifactStore.open(s3(), bucket, name);
  }

  @Override
  void damage(ArtifactRef ref, String content) {
    s3().putObject(
            request -> request.bucket(bucket).key("store/" + ArtifactUri.path(ref.uri())),
            RequestBody.fromString(content));
  }

  @Test
  void whatIsLargeGoesInPartsAndComesBackWhole() throws IOException {
    byte[] content = new byte[(int) (2 * S3Upload.PART + 12_345)];
    new Random(11).nextBytes(content);
    Path file = Files.write(folder.resolve("large"), content);
    ArtifactRef ref = store().put(file);
    assertThat(ref.sha256()).isEqualTo(Sha256.of(content));
    assertThat(store().read(ref, content.length)).isEqualTo(content);
    try (InputStream in = store().open(ref.uri(), content.length - 3)) {
      assertThat(in.readAllBytes()).hasSize(3);
    }
    try (InputStream in = store().open(ref.uri())) {
      assertThat(in.readNBytes(10)).hasSize(10); // and no more
    }
    assertThat(store().createNamed("reviews/b/k/large", file).sha256()).isEqualTo(ref.sha256());
    assertThat(store().createNamed("reviews/b/k/large", file).size()).isEqualTo(ref.size());
    Files.write(file, new byte[] {1});
    assertThatThrownBy(() -> store().createNamed("reviews/b/k/large", file))
        .isInstanceOf(ArtifactConflictException.class);
    assertThat(s3().listMultipartUploads(request -> request.bucket(bucket)).uploads()).isEmpty();
  }

  @Test
  void whatOthersPutIntoTheBucketIsNoArtifact() {
    store().putNamed("batches/b/plan.json", new byte[] {1});
    for (String key : new String[] {"elsewhere.txt", "store/batches/b/.hidden", "store/a b"}) {
      s3().putObject(r -> r.bucket(bucket).key(key), RequestBody.fromString("x"));
    }
    assertThat(store().list("batches")).containsExactly("artifact:batches/b/plan.json");
    assertThat(store().folders("")).containsExactly("batches");
  }

  /** A client that says what it is about to do, and what it has done, by the method's name. */
  private static S3Client told(Consumer<String> before, Consumer<String> after) {
    return (S3Client)
        Proxy.newProxyInstance(
            S3Client.class.getClassLoader(),
            new Class<?>[] {S3Client.class},
            (proxy, method, arguments) -> {
              before.accept(method.getName());
              try {
                return method.invoke(s3(), arguments);
              } catch (InvocationTargetException e) {
                throw Objects.requireNonNull(e.getCause());
              } finally {
                after.accept(method.getName());
              }
            });
  }

  @Test
  void whoStoresAnObjectThatIsAboutToBeDeletedHasItAfterwards() throws Exception {
    byte[] content = "wanted once more".getBytes(UTF_8);
    ArtifactRef ref = store().put(content);
    // Who stores it has seen no note; then it is decided to delete it; then it is made young.
    CountDownLatch looked = new CountDownLatch(1);
    CountDownLatch decided = new CountDownLatch(1);
    CountDownLatch renewed = new CountDownLatch(1);
    ArtifactStore sweeping =
        S3ArtifactStore.open(
            told(
                method -> {
                  if (method.equals("putObject")) {
                    await(looked);
                  }
                  if (method.equals("deleteObject")) {
                    decided.countDown();
                    await(renewed);
                  }
                },
                method -> {}),
            bucket,
            "store");
    ArtifactStore storing =
        S3ArtifactStore.open(
            told(
                method -> {
                  if (method.equals("copyObject")) {
                    looked.countDown();
                    await(decided);
                  }
                },
                method -> {
                  if (method.equals("copyObject")) {
                    renewed.countDown();
                  }
                }),
            bucket,
            "store");
    CompletableFuture<ArtifactRef> stored =
        CompletableFuture.supplyAsync(() -> storing.put(content));

    assertThat(sweeping.deleteObject(ref.uri(), Instant.now().plus(Duration.ofHours(1)))).isTrue();

    assertThat(stored.get(S3Server.LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(ref);
    assertThat(store().read(ref, 100)).isEqualTo(content);
    assertThat(store().folders("tmp/sweeping")).isEmpty();
    assertThat(store().list("tmp")).isEmpty();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(S3Server.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aBucketThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> S3ArtifactStore.open(s3(), "no-such-bucket", ""))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("s3://no-such-bucket")
        .hasMessageContaining("is there a bucket no-such-bucket?");
  }

  @Test
  void aDamagedIdentityIsNotReplaced() {
    damage(new ArtifactRef("artifact:store.json", Sha256.of(new byte[0]), 0), "");
    assertThatThrownBy(() -> open("store"))
        .isInstanceOf(ArtifactCorruptException.class)
        .hasMessageContaining("store.json");
  }
}
