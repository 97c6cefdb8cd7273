package dev.repofleet.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.repofleet.workflows.testing.Recording;
import dev.repofleet.workflows.testing.Samples;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The JSON of every payload, by Temporal's own converter: it is in histories that a newer worker
 * must read. A golden file that changes is a change of format; a field may be added if it is
 * optional, none may be renamed or dropped. New ones are written with {@code
 * -Drepofleet.record=true}.
 */
class GoldenPayloadTest {
  private static final DataConverter CONVERTER = DefaultDataConverter.newDefaultInstance();
  private static final ObjectMapper JSON = new ObjectMapper();

  static List<Record> samples() {
    return Samples.all();
  }

  private static String file(Class<?> type) {
    return "golden/" + type.getSimpleName() + ".json";
  }

  private static JsonNode write(Record payload) throws Exception {
    return JSON.readTree(CONVERTER.toPayload(payload).orElseThrow().getData().toStringUtf8());
  }

  private static <T> T read(JsonNode json, Class<T> type) throws Exception {
    Optional<io.temporal.api.common.v1.Payload> empty = CONVERTER.toPayload("");
    return CONVERTER.fromPayload(
        empty.orElseThrow().toBuilder()
            .setData(ByteString.copyFrom(JSON.writeValueAsBytes(json)))
            .build(),
        type,
        type);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void isWrittenAndReadAsItAlwaysWas(Record sample) throws Exception {
    if (Recording.on()) {
      Recording.write(
          file(sample.getClass()),
          JSON.writerWithDefaultPrettyPrinter().writeValueAsString(write(sample)) + "\n");
    }
    JsonNode golden = JSON.readTree(Recording.read(file(sample.getClass())));

    assertThat(write(sample)).isEqualTo(golden);
    assertThat(read(golden, sample.getClass())).isEqualTo(sample);
  }

  /** A worker may meet what a newer one wrote. Without {@link Payload} the converter refuses. */
  @ParameterizedTest
  @MethodSource("samples")
  void isReadWithFieldsItDoesNotKnow(Record sample) throws Exception {
    JsonNode golden = JSON.readTree(Recording.read(file(sample.getClass())));
    JsonNode newer = golden.deepCopy();
    addUnknownFields(newer);

    assertThat(read(newer, sample.getClass())).isEqualTo(sample);
  }

  private static void addUnknownFields(JsonNode json) {
    json.forEach(GoldenPayloadTest::addUnknownFields);
    // A map's keys are data: counts by status, template and batch, times by stage, turns by URI.
    if (json instanceof ObjectNode object && !isMap(object)) {
      object.putObject("fromTheFuture").put("a", 1);
    }
  }

  private static boolean isMap(ObjectNode object) {
    return object.has("complete")
        || object.has("partial")
        || object.has("resolve")
        || object.properties().stream().allMatch(field -> field.getKey().equals("claude"))
        || object.properties().stream().allMatch(field -> field.getKey().equals("nightly"))
        || object.properties().stream().allMatch(field -> field.getKey().startsWith("store:"));
  }

  @Test
  void isPinnedForEveryRecordThatTravels() {
    Set<String> travelling =
        new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.repofleet.workflows")
                .stream()
                .filter(type -> type.isAnnotatedWith(Payload.class))
                .map(JavaClass::getName)
                .collect(Collectors.toSet());

    assertThat(samples())
        .extracting(sample -> sample.getClass().getName())
        .hasSameElementsAs(travelling);
  }
}
