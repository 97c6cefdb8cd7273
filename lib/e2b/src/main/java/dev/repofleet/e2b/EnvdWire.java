package dev.repofleet.e2b;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON of envd's services {@code process.Process} and {@code filesystem.Filesystem}. */
final class EnvdWire {
  private EnvdWire() {}

  /** A request or answer without fields. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Empty(@JsonProperty("unused") @Nullable String unused) {
    static final Empty INSTANCE = new Empty(null);
  }

  /** What to run. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record ProcessConfig(
      @JsonProperty("cmd") @Nullable String cmd,
      @JsonProperty("args") @Nullable List<String> args,
      @JsonProperty("envs") @Nullable Map<String, String> envs,
      @JsonProperty("cwd") @Nullable String cwd) {

    @Override
    public String toString() {
      return "ProcessConfig[" + cmd + "]";
    }
  }

  /** Request of Start. An absent {@code stdin} would mean an open pipe. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record StartRequest(
      @JsonProperty("process") ProcessConfig process,
      @JsonProperty("pty") @Nullable Pty pty,
      @JsonProperty("stdin") boolean stdin) {}

  /** A terminal to start in, or its new size. */
  record Pty(@JsonProperty("size") Size size) {}

  record Size(@JsonProperty("cols") int cols, @JsonProperty("rows") int rows) {}

  /** Request of Connect and CloseStdin. */
  record ProcessRequest(@JsonProperty("process") Selector process) {}

  /** Request of SendInput. */
  record InputRequest(
      @JsonProperty("process") Selector process, @JsonProperty("input") Input input) {}

  /** Exactly one is set. */
  @SuppressWarnings("ArrayRecordComponent")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Input(
      @JsonProperty("stdin") byte @Nullable [] stdin, @JsonProperty("pty") byte @Nullable [] pty) {

    @Override
    public String toString() {
      return "Input[]";
    }
  }

  /** Request of Update: the terminal's new size. */
  record UpdateRequest(@JsonProperty("process") Selector process, @JsonProperty("pty") Pty pty) {}

  /** One message of a Start stream. */
  record StreamMessage(@JsonProperty("event") @Nullable Event event) {}

  /** Exactly one field is set; keepalives have none that we read. */
  record Event(
      @JsonProperty("start") @Nullable StartEvent start,
      @JsonProperty("data") @Nullable DataEvent data,
      @JsonProperty("end") @Nullable EndEvent end) {}

  record StartEvent(@JsonProperty("pid") long pid) {}

  // Arrays of Jackson's making that go straight to the listener: nobody compares two events.
  @SuppressWarnings("ArrayRecordComponent")
  record DataEvent(
      @JsonProperty("stdout") byte @Nullable [] stdout,
      @JsonProperty("stderr") byte @Nullable [] stderr,
      @JsonProperty("pty") byte @Nullable [] pty) {}

  record EndEvent(
      @JsonProperty("exitCode") int exitCode,
      @JsonProperty("exited") boolean exited,
      @JsonProperty("status") @Nullable String status) {}

  /** The payload of a stream's last frame. */
  record EndOfStream(@JsonProperty("error") @Nullable JsonNode error) {
    private static final ObjectReader READER = JsonCodec.reader(EndOfStream.class);

    /** The error of a last frame; null if the stream went well. */
    static @Nullable JsonNode error(byte[] buffer, int offset, int length) throws IOException {
      EndOfStream trailer = READER.readValue(buffer, offset, length);
      JsonNode error = trailer == null ? null : trailer.error();
      return error == null || error.isNull() ? null : error;
    }
  }

  record ListReply(@JsonProperty("processes") @Nullable List<RunningProcess> processes) {}

  record RunningProcess(
      @JsonProperty("config") @Nullable ProcessConfig config,
      @JsonProperty("pid") long pid,
      @JsonProperty("tag") @Nullable String tag) {}

  record SignalRequest(
      @JsonProperty("process") Selector process, @JsonProperty("signal") String signal) {}

  /** By pid only: selecting by tag fails once two tags are alive (observed, envd 0.6.13). */
  record Selector(@JsonProperty("pid") long pid) {}

  record PathRequest(@JsonProperty("path") String path) {}

  record ListDirRequest(@JsonProperty("path") String path, @JsonProperty("depth") int depth) {}

  record MoveRequest(
      @JsonProperty("source") String source, @JsonProperty("destination") String destination) {}

  record WatchRequest(
      @JsonProperty("path") String path, @JsonProperty("recursive") boolean recursive) {}

  /** One message of a WatchDir stream; keepalives have no field that we read. */
  record WatchMessage(
      @JsonProperty("start") @Nullable JsonNode start,
      @JsonProperty("filesystem") @Nullable FilesystemEvent filesystem) {}

  record FilesystemEvent(
      @JsonProperty("name") @Nullable String name, @JsonProperty("type") @Nullable String type) {}

  record EntryReply(@JsonProperty("entry") @Nullable Entry entry) {}

  record EntriesReply(@JsonProperty("entries") @Nullable List<Entry> entries) {}

  record Entry(
      @JsonProperty("name") @Nullable String name,
      @JsonProperty("type") @Nullable String type,
      @JsonProperty("path") @Nullable String path,
      @JsonProperty("size") long size,
      @JsonProperty("mode") int mode,
      @JsonProperty("permissions") @Nullable String permissions,
      @JsonProperty("owner") @Nullable String owner,
      @JsonProperty("group") @Nullable String group,
      @JsonProperty("modifiedTime") @Nullable Instant modifiedTime,
      @JsonProperty("symlinkTarget") @Nullable String symlinkTarget,
      @JsonProperty("metadata") @Nullable Map<String, String> metadata) {

    FileEntry toEntry() {
      return new FileEntry(
          orEmpty(name),
          orEmpty(path),
          fileType(),
          size,
          mode,
          orEmpty(permissions),
          orEmpty(owner),
          orEmpty(group),
          modifiedTime,
          symlinkTarget,
          metadata == null ? Map.of() : metadata);
    }

    private FileType fileType() {
      return switch (orEmpty(type)) {
        case "FILE_TYPE_FILE" -> FileType.FILE;
        case "FILE_TYPE_DIRECTORY" -> FileType.DIRECTORY;
        case "FILE_TYPE_SYMLINK" -> FileType.SYMLINK;
        default -> FileType.OTHER;
      };
    }

    private static String orEmpty(@Nullable String text) {
      return text == null ? "" : text;
    }
  }
}
