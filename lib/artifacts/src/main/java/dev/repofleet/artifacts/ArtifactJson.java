package dev.repofleet.artifacts;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The one door to JSON for artifacts and result files; thread-safe.
 *
 * <p>Instants are RFC 3339 strings, durations ISO-8601 strings, absent parts are left out, keys
 * keep the order of the record, maps are sorted. Unknown keys are ignored when read, so that an
 * older program reads a newer file.
 */
public final class ArtifactJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .build();

  private static final ObjectWriter PRETTY = MAPPER.writer(prettyPrinter());

  private ArtifactJson() {}

  private static DefaultPrettyPrinter prettyPrinter() {
    DefaultIndenter twoSpaces = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter(
            Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                .withObjectEmptySeparator("")
                .withArrayEmptySeparator(""));
    printer.indentObjectsWith(twoSpaces);
    printer.indentArraysWith(twoSpaces);
    return printer;
  }

  /** A mapper with the same settings, the caller's own to change. */
  public static ObjectMapper newMapper() {
    return MAPPER.copy();
  }

  /** The value on one line, without a line end: a row of a JSON lines file. */
  public static String line(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(cannotWrite(value), e);
    }
  }

  /** The value for people to read: indented, with a closing line end, UTF-8. */
  public static byte[] pretty(Object value) {
    try {
      return (PRETTY.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(cannotWrite(value), e);
    }
  }

  /**
   * The value on one line with the keys of every object sorted: equal values give equal text, so it
   * can be hashed.
   */
  public static String canonical(Object value) {
    return line(MAPPER.convertValue(MAPPER.convertValue(value, JsonNode.class), Object.class));
  }

  /** The value as a tree, as it would be written. */
  public static JsonNode tree(Object value) {
    return MAPPER.valueToTree(value);
  }

  /**
   * Reads one value.
   *
   * @param name of the artifact or file, for the message
   * @throws ArtifactCorruptException when the bytes are empty, not JSON, or not such a value
   */
  public static <T> T read(byte[] json, Class<T> type, String name) {
    if (json.length == 0) {
      throw new ArtifactCorruptException(name + " is empty, expected " + type.getSimpleName());
    }
    try {
      return requireValue(MAPPER.readValue(json, type), type, name);
    } catch (IOException e) {
      throw cannotRead(type, name, e);
    }
  }

  /** As {@link #read(byte[], Class, String)}, for text. */
  public static <T> T read(String json, Class<T> type, String name) {
    return read(json.getBytes(StandardCharsets.UTF_8), type, name);
  }

  /**
   * Reads a named artifact.
   *
   * @throws ArtifactNotFoundException when the store has none
   * @throws ArtifactCorruptException when it is not such a value
   * @throws ArtifactException when it is longer than {@code maxBytes}
   */
  public static <T> T read(ArtifactStore store, String uri, Class<T> type, long maxBytes) {
    return read(store.read(uri, maxBytes), type, uri);
  }

  private static <T> T requireValue(T value, Class<T> type, String name) {
    if (value == null) {
      throw new ArtifactCorruptException(name + " is null, expected " + type.getSimpleName());
    }
    return value;
  }

  private static ArtifactCorruptException cannotRead(Class<?> type, String name, IOException e) {
    String cause =
        e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
    return new ArtifactCorruptException(
        name + " is not a valid " + type.getSimpleName() + ": " + cause, e);
  }

  private static String cannotWrite(Object value) {
    return "cannot write " + value.getClass().getSimpleName() + " as JSON";
  }
}
