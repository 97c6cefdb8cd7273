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
import io.temporal.common.converter.DataConverterException;
import io.temporal.common.converter.DefaultDataConverter;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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
  private static final String NEEDED = "golden/needed-fields.txt";

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
    // A map's keys are data: counts by status, reason, template and batch, times by stage, turns by
    // URI.
    if (json instanceof ObjectNode object && !isMap(object)) {
      object.putObject("fromTheFuture").put("a", 1);
    }
  }

  private static boolean isMap(ObjectNode object) {
    return object.has("complete")
        || object.has("partial")
        || object.has("resolve")
        || object.has("there are no changes")
        || object.properties().stream().allMatch(field -> field.getKey().equals("claude"))
        || object.properties().stream().allMatch(field -> field.getKey().equals("nightly"))
        || object.properties().stream().allMatch(field -> field.getKey().startsWith("store:"));
  }

  /**
   * A worker meets what an older one wrote. Fields without which a payload can't be read are those
   * of its first form: one that was added later must not be among them.
   */
  @Test
  void whatIsAddedMayBeAbsent() throws Exception {
    Set<String> needed = new TreeSet<>();
    for (Record sample : samples()) {
      ObjectNode golden = (ObjectNode) JSON.readTree(Recording.read(file(sample.getClass())));
      for (RecordComponent field : sample.getClass().getRecordComponents()) {
        ObjectNode older = golden.deepCopy();
        older.remove(field.getName());
        if (!canBeRead(older, sample.getClass())) {
          needed.add(sample.getClass().getSimpleName() + "." + field.getName());
        }
      }
    }
    if (Recording.on()) {
      Recording.write(NEEDED, String.join("\n", needed) + "\n");
    }
    assertThat(needed)
        .as("fields that histories of before them don't have: make them @Nullable, or fill them in")
        .isSubsetOf(Recording.read(NEEDED).lines().toList());
  }

  private static boolean canBeRead(ObjectNode json, Class<?> type) throws Exception {
    try {
      read(json, type);
      return true;
    } catch (DataConverterException e) {
      return false;
    }
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
