package dev.repofleet.e2b;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one door to Jackson. Unknown fields are ignored; a field that is absent is the type's zero,
 * as protojson omits zeros; a 64-bit number may be a string, as protojson writes it; a null in a
 * field's list or map is as if it were not there.
 */
final class JsonCodec {
  /**
   * More than the longest answer that is read has, a folder of some 70,000 entries in 16 MiB. As
   * empty arrays four times as many would fit, and take twenty times their length of memory.
   */
  private static final long MOST_TOKENS = 2_000_000;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxTokenCount(MOST_TOKENS).build())
                  .build())
          .addModule(new JavaTimeModule())
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .defaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.SKIP))
          .build();

  private JsonCodec() {}

  static byte[] write(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("no JSON for " + value.getClass().getSimpleName(), e);
    }
  }

  static ObjectReader reader(Class<?> type) {
    return MAPPER.readerFor(type);
  }

  /**
   * @throws E2bProtocolException naming the operation, if the bytes are not JSON of this type
   */
  static <T> T read(byte[] bytes, Class<T> type, String operation) {
    try {
      return check(MAPPER.readValue(bytes, type), operation);
    } catch (IOException e) {
      throw notJson(operation, e);
    }
  }

  static <T> List<T> readList(byte[] bytes, Class<T> type, String operation) {
    try {
      List<T> list = MAPPER.readerForListOf(type).readValue(bytes);
      return check(list, operation);
    } catch (IOException e) {
      throw notJson(operation, e);
    }
  }

  private static E2bProtocolException notJson(String operation, IOException cause) {
    return new E2bProtocolException(
        "cannot %s: the answer is not the JSON E2B sends; does the URL lead to E2B?"
            .formatted(operation),
        cause);
  }

  private static <T> T check(@Nullable T value, String operation) {
    if (value == null) {
      throw new E2bProtocolException("cannot " + operation + ": the answer is JSON null", null);
    }
    return value;
  }

  /** Any JSON value, or null if the bytes are none. */
  static @Nullable JsonNode tree(byte[] bytes) {
    try {
      return MAPPER.readTree(bytes);
    } catch (IOException e) {
      return null;
    }
  }
}
