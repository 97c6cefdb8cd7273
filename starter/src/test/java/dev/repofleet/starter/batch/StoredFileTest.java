package dev.repofleet.starter.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.ArtifactException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class StoredFileTest {
  private static byte[] zipped(List<String> members) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String member : members) {
      try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
        gzip.write(member.getBytes(UTF_8));
      }
    }
    return out.toByteArray();
  }

  /** As it comes over a network: one byte at a time, and never known whether there is more. */
  private static InputStream slow(byte[] bytes) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] into, int offset, int length) {
        return super.read(into, offset, Math.min(length, 1));
      }

      @Override
      public synchronized int available() {
        return 0;
      }
    };
  }

  private static String read(InputStream stored) throws IOException {
    try (InputStream in = StoredFile.unzipped(stored, "artifact:a")) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  @Test
  void all_members_of_a_gzipped_file_are_read_however_they_come() throws IOException {
    byte[] turns = zipped(List.of("turn 0\n", "turn 1\n", "turn 2\n"));
    assertThat(read(slow(turns))).isEqualTo("turn 0\nturn 1\nturn 2\n");
    assertThat(read(new ByteArrayInputStream(turns))).isEqualTo("turn 0\nturn 1\nturn 2\n");
  }

  @Test
  void what_is_not_gzipped_is_read_as_it_is() throws IOException {
    for (String text : List.of("", "a", "diff --git\n")) {
      assertThat(read(slow(text.getBytes(UTF_8)))).isEqualTo(text);
    }
  }

  @Test
  void a_store_that_breaks_off_is_told_apart_from_damaged_content() throws IOException {
    byte[] whole = zipped(List.of("turn 0\n"));
    InputStream broken =
        new InputStream() {
          private int next;

          @Override
          public int read() throws IOException {
            if (next == whole.length / 2) {
              throw new IOException("Connection reset");
            }
            return whole[next++] & 0xff;
          }
        };
    assertThatThrownBy(() -> read(broken))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("cannot read artifact:a")
        .hasMessageContaining("Connection reset");
    byte[] damaged = whole.clone();
    damaged[whole.length - 1]++;
    assertThatThrownBy(() -> read(new ByteArrayInputStream(damaged)))
        .isInstanceOf(IOException.class);
  }
}
