package dev.repofleet.workflows.client.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.failure.v1.Failure;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.failure.ApplicationFailure;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PayloadEncryptionTest {
  private static final String OLD = "old:" + key(1);
  private static final String NEW = "new:" + key(2);
  private static final String TEXT = "github.com/acme/secret-plans";

  private static String key(int first) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) first;
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static DataConverter with(String... keys) {
    return PayloadEncryption.converter(
        PayloadEncryption.keys(Map.of(EncryptionKeys.VARIABLE, String.join(",", keys))));
  }

  private static String read(DataConverter converter, Payload payload) {
    return converter.fromPayload(payload, String.class, String.class);
  }

  private static Payload written(DataConverter converter) {
    return converter.toPayload(TEXT).orElseThrow();
  }

  @Test
  void aPayloadIsReadWithItsKeyAndShowsNothingButTheKeysId() {
    Payload payload = written(with(NEW));
    assertThat(payload.toString()).doesNotContain("acme", "json/plain");
    assertThat(PayloadEncryption.keyOf(payload)).contains("new");
    assertThat(payload.getMetadataOrThrow("encoding").toStringUtf8()).isEqualTo("binary/encrypted");
    assertThat(read(with(NEW), payload)).isEqualTo(TEXT);
  }

  @Test
  void aNewKeyReadsOnWhatAnOldOneWroteAndWhatNoneDid() {
    DataConverter turned = with(NEW, OLD);
    assertThat(read(turned, written(with(OLD)))).isEqualTo(TEXT);
    assertThat(read(turned, written(DefaultDataConverter.STANDARD_INSTANCE))).isEqualTo(TEXT);
    assertThat(PayloadEncryption.keyOf(written(turned))).contains("new");
  }

  @Test
  void aKeyThatIsMissingIsNamedWithTheWayOut() {
    for (DataConverter other : new DataConverter[] {with(NEW), without()}) {
      assertThatThrownBy(() -> read(other, written(with(OLD))))
          .isInstanceOf(PayloadEncryptionException.class)
          .hasMessageContaining("key 'old'")
          .hasMessageContaining("REPOFLEET_ENCRYPTION_KEYS");
    }
  }

  private static DataConverter without() {
    return PayloadEncryption.converter(Optional.empty());
  }

  @Test
  void withoutKeysPayloadsAreTemporalsOwn() {
    assertThat(written(without())).isEqualTo(written(DefaultDataConverter.STANDARD_INSTANCE));
    assertThat(read(without(), written(without()))).isEqualTo(TEXT);
  }

  @Test
  void everyBitIsAuthenticatedAndSoIsTheKeysId() {
    Payload payload = written(with(NEW));
    byte[] data = payload.getData().toByteArray();
    for (int i = 0; i < data.length; i++) {
      byte[] changed = data.clone();
      changed[i] ^= 1;
      Payload other = payload.toBuilder().setData(ByteString.copyFrom(changed)).build();
      assertThatThrownBy(() -> read(with(NEW), other))
          .isInstanceOf(PayloadEncryptionException.class)
          .hasMessageContaining("does not fit key 'new'");
    }
    Payload renamed =
        payload.toBuilder()
            .putMetadata(EncryptingCodec.KEY_ID, ByteString.copyFromUtf8("other"))
            .build();
    assertThatThrownBy(() -> read(with("other:" + key(2)), renamed))
        .hasMessageContaining("does not fit key 'other'");
    Payload cut = payload.toBuilder().setData(payload.getData().substring(0, 5)).build();
    assertThatThrownBy(() -> read(with(NEW), cut)).hasMessageContaining("does not fit");
  }

  @Test
  void theSameTextIsNeverEncryptedTheSameWay() {
    DataConverter converter = with(NEW);
    Set<ByteString> seen = new HashSet<>();
    IntStream.range(0, 1000).forEach(i -> seen.add(written(converter).getData()));
    assertThat(seen).hasSize(1000);
  }

  @Test
  void failuresTellTheirTypeAndNeitherMessageNorStack() {
    RuntimeException cause = new IllegalStateException("in " + TEXT);
    Failure failure =
        with(NEW)
            .exceptionToFailure(
                ApplicationFailure.newFailureWithCause("of " + TEXT, "git_auth", cause));
    assertThat(failure.toString()).doesNotContain("acme", "PayloadEncryptionTest.java");
    assertThat(failure.getApplicationFailureInfo().getType()).isEqualTo("git_auth");
    assertThat(with(NEW).failureToException(failure))
        .hasMessageContaining("of " + TEXT)
        .hasRootCauseMessage(
            "message='in "
                + TEXT
                + "', type='java.lang.IllegalStateException', nonRetryable=false");
  }
}
