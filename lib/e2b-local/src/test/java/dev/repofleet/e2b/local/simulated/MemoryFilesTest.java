package dev.repofleet.e2b.local.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.e2b.local.simulated.FileFault.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class MemoryFilesTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final MemoryFiles files = new MemoryFiles(() -> NOW, new Object());

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private String read(String path, long from, long to) {
    return new String(files.read(path, "root", from, to), StandardCharsets.UTF_8);
  }

  private static void refused(Kind kind, ThrowingCallable operation) {
    assertThatThrownBy(operation)
        .isInstanceOfSatisfying(FileFault.class, fault -> assertThat(fault.kind()).isEqualTo(kind));
  }

  @Test
  void whatIsWrittenIsReadWholeAndByRange() {
    files.write("/a/b", bytes("12345"), "root");
    files.append("/a/b", bytes("678"), "root");
    assertThat(files.text("/a/b")).isEqualTo("12345678");
    assertThat(read("/a/b", 2, 5)).isEqualTo("345");
    assertThat(read("/a/b", 6, 100)).isEqualTo("78");
    assertThat(read("/a/b", 9, 100)).isEmpty();
    assertThat(files.stat("/a/b")).contains(new FileInfo("/a/b", false, 8, 0644, "root", NOW));
  }

  @Test
  void whatWasHandedOutDoesNotChangeWithTheFile() {
    files.write("/a", bytes("one"), "root");
    byte[] before = files.read("/a", "root");
    files.append("/a", bytes("two"), "root");
    byte[] between = files.read("/a", "root");
    files.append("/a", bytes("three"), "root");
    files.write("/a", bytes("new"), "root");
    assertThat(before).isEqualTo(bytes("one"));
    assertThat(between).isEqualTo(bytes("onetwo"));
  }

  @Test
  void manyAppendsGiveTheSameBytesAsOneWrite() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    StringBuilder all = new StringBuilder();
    for (int round = 0; round < 2000; round++) {
      String piece = "x".repeat(random.nextInt(40)) + round;
      all.append(piece);
      files.append("/grow", bytes(piece), "root");
    }
    assertThat(files.text("/grow")).as("seed " + seed).isEqualTo(all.toString());
  }

  @Test
  void directoriesAreListedToADepthAndRemovedWithAllBelow() {
    files.write("/d/e/f", bytes("x"), "root");
    files.write("/d/g", bytes("xy"), "root");
    assertThat(files.list("/d", 1, "root"))
        .extracting(FileInfo::path)
        .containsExactly("/d/e", "/d/g");
    assertThat(files.list("/d", 9, "root"))
        .extracting(FileInfo::path)
        .containsExactly("/d/e", "/d/e/f", "/d/g");
    files.remove("/d/e", "root");
    files.remove("/d/e", "root");
    assertThat(files.exists("/d/e/f")).isFalse();
    files.move("/d/g", "/n/m", "root");
    assertThat(files.exists("/d/g")).isFalse();
    assertThat(files.text("/n/m")).isEqualTo("xy");
    assertThat(files.text("/n/../n/./m")).isEqualTo("xy");
  }

  @Test
  void wrongUseIsRefusedWithItsKind() {
    files.write("/f", bytes("x"), "root");
    files.makeDirectories("/d", "root");
    refused(Kind.MISSING, () -> files.read("/none", "root"));
    refused(Kind.IS_A_DIRECTORY, () -> files.read("/d", "root"));
    refused(Kind.IS_A_DIRECTORY, () -> files.write("/d", bytes(""), "root"));
    refused(Kind.NOT_A_DIRECTORY, () -> files.write("/f/g", bytes(""), "root"));
    refused(Kind.NOT_A_DIRECTORY, () -> files.list("/f", 1, "root"));
    refused(Kind.MISSING, () -> files.move("/none", "/x", "root"));
  }

  @Test
  void aUserSeesNothingOfWhatIsClosedToHim() {
    files.makeDirectories("/state", "root", 077);
    files.write("/state/fence", bytes("secret"), "root");
    files.write("/open", bytes("x"), "root");
    refused(Kind.DENIED, () -> files.read("/state/fence", "user"));
    refused(Kind.DENIED, () -> files.write("/state/fence", bytes("y"), "user"));
    refused(Kind.DENIED, () -> files.list("/state", 1, "user"));
    refused(Kind.DENIED, () -> files.write("/open", bytes("y"), "user"));
    refused(Kind.DENIED, () -> files.remove("/open", "user"));
    assertThat(files.read("/open", "user")).isEqualTo(bytes("x"));
    assertThat(files.text("/state/fence")).isEqualTo("secret");
  }

  @Test
  void aWatchHearsOfWritesBelowItsFolderUntilItIsClosed() {
    List<String> heard = new ArrayList<>();
    MemoryFiles.Watch watch = files.watch("/w", () -> heard.add(files.text("/w/a")));
    files.write("/w/a", bytes("1"), "root");
    files.append("/w/a", bytes("2"), "root");
    files.write("/wide", bytes("x"), "root");
    watch.close();
    files.append("/w/a", bytes("3"), "root");
    assertThat(heard).containsExactly("1", "12");
  }
}
