package dev.repofleet.e2b.local.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrashTest {
  @TempDir Path folder = Path.of("");

  /** Deeper than any path may be long: only a program that goes down step by step can make it. */
  private Path deep(int levels) throws Exception {
    Path tree = Files.createDirectory(folder.resolve("tree"));
    String program =
        "import os\nfor i in range(%d):\n  os.mkdir('d')\n  open('f', 'w').close()\n  os.chdir('d')"
            .formatted(levels);
    Process made =
        new ProcessBuilder(List.of("python3", "-c", program)).directory(tree.toFile()).start();
    assertThat(made.waitFor()).isZero();
    return tree;
  }

  @Test
  void aTreeGoesHoweverDeepItIs() throws Exception {
    Path tree = deep(5_000);

    assertThat(Trash.delete(tree)).isTrue();
    assertThat(folder).isEmptyDirectory();
  }

  /** Says something only where an ordinary user runs it: root needs no rights. */
  @ParameterizedTest
  @ValueSource(strings = {"---------", "r-x------", "r--------"})
  void foldersGoWhoseRightsWereTakenAway(String rights) throws Exception {
    Path tree = deep(40);
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path each : all.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList()) {
        Files.setPosixFilePermissions(each, PosixFilePermissions.fromString(rights));
      }
    }

    assertThat(Trash.delete(tree)).isTrue();
  }

  @Test
  void whatALinkLeadsToStays() throws Exception {
    Path kept = Files.createDirectory(folder.resolve("kept"));
    Files.writeString(kept.resolve("file"), "kept");
    Path tree = Files.createDirectory(folder.resolve("tree"));
    Files.createSymbolicLink(tree.resolve("folder"), kept);
    Files.createSymbolicLink(tree.resolve("file"), kept.resolve("file"));

    assertThat(Trash.delete(tree)).isTrue();
    assertThat(kept.resolve("file")).hasContent("kept");
  }

  @Test
  void aLinkItselfGoesAndNotWhatItLeadsTo() throws Exception {
    Path kept = Files.createDirectory(folder.resolve("kept"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), kept);

    assertThat(Trash.delete(link)).isTrue();
    assertThat(folder).isDirectoryContaining("glob:**/kept");
  }
}
