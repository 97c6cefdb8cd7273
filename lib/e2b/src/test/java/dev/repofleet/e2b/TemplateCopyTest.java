package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of this machine on their way into a template. */
class TemplateCopyTest extends FakeE2bTest {
  @TempDir private Path context;

  @BeforeEach
  void fill() throws IOException {
    file("a.txt", "one");
    file("src/main.c", "int");
    file("src/.hidden", "");
    file("src/deep/x.o", "obj");
    Files.createSymbolicLink(context.resolve("src/link"), Path.of("../a.txt"));
    Files.setPosixFilePermissions(
        context.resolve("a.txt"), PosixFilePermissions.fromString("rwxr-x---"));
  }

  private Path file(String name, String content) throws IOException {
    Path path = context.resolve(name);
    Files.createDirectories(path.getParent());
    Files.setLastModifiedTime(
        Files.writeString(path, content), FileTime.from(Instant.parse("2026-01-02T03:04:05Z")));
    return path;
  }

  private TemplateBuild start(TemplateCopy... copies) {
    TemplateSpec.Builder spec = TemplateSpec.fromTemplate("mine", "base");
    for (TemplateCopy copy : copies) {
      spec.copy(copy);
    }
    return client.templates().start(spec.build());
  }

  private List<String> names(TemplateCopy copy) throws IOException {
    return TarListing.of(tar(copy)).keySet().stream().toList();
  }

  private byte[] tar(TemplateCopy copy) throws IOException {
    fake.templates.uploads.clear();
    start(copy);
    byte[] packed = fake.templates.uploads.values().iterator().next();
    return new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes();
  }

  private String hash() {
    return fake.templates.started().path("steps").path(0).path("filesHash").asText();
  }

  @Test
  void aStepNamesItsFilesAndTheyAreSentOnceWithoutTheKey() {
    TemplateCopy copy = TemplateCopy.of(context, "./src/../a.txt", "/srv/").user("root").mode(0755);
    start(copy);
    assertThat(fake.templates.started().path("steps").toString())
        .isEqualTo(
            "[{\"type\":\"COPY\",\"args\":[\"a.txt\",\"/srv/\",\"root\",\"0755\"],"
                + "\"filesHash\":\"%s\"}]".formatted(hash()));
    assertThat(fake.templates.uploads).containsOnlyKeys(hash());
    assertThat(fake.last("/uploads/").getMethod()).isEqualTo("PUT");
    start(copy, TemplateCopy.of(context, "src", "/src"));
    assertThat(fake.countOf("/uploads/")).as("the first is there already").isEqualTo(2);
  }

  @Test
  void aHashTellsWhatMattersToABuildAndNoTimes() throws Exception {
    start(TemplateCopy.of(context, "a.txt", "/srv/"));
    String first = hash();
    byte[] expected =
        MessageDigest.getInstance("SHA-256")
            .digest(
                ("COPY a.txt /srv/" + "a.txt" + 0100750 + 3 + "one")
                    .getBytes(StandardCharsets.UTF_8));
    assertThat(first).isEqualTo(HexFormat.of().formatHex(expected));
    Files.setLastModifiedTime(context.resolve("a.txt"), FileTime.from(Instant.EPOCH));
    start(TemplateCopy.of(context, "a.txt", "/srv/"));
    assertThat(hash()).isEqualTo(first);
    Files.writeString(context.resolve("a.txt"), "two");
    start(TemplateCopy.of(context, "a.txt", "/srv/"));
    assertThat(hash()).isNotEqualTo(first);
  }

  @Test
  void foldersPatternsAndAllOfItAreWhatTheySay() throws IOException {
    assertThat(names(TemplateCopy.of(context, "src", "/s")))
        .containsExactly(
            "src/", "src/.hidden", "src/deep/", "src/deep/x.o", "src/link", "src/main.c");
    assertThat(names(TemplateCopy.of(context, "*.txt", "/s"))).containsExactly("a.txt");
    assertThat(names(TemplateCopy.of(context, "**/*.[oc]", "/s")))
        .containsExactly("src/deep/x.o", "src/main.c");
    assertThat(names(TemplateCopy.of(context, ".", "/s"))).hasSize(7);
  }

  @Test
  void theIgnoreFileLeavesOutAndTakesBack() throws IOException {
    file(".dockerignore", "# built\n\nsrc/deep/\n**/.hid*\n!src/deep/keep.o\n");
    file("src/deep/keep.o", "kept");
    assertThat(names(TemplateCopy.of(context, "src", "/s")))
        .containsExactly("src/", "src/deep/keep.o", "src/link", "src/main.c");
  }

  @Test
  void anArchiveIsWhatTarReads() throws Exception {
    String longName = "src/" + "d".repeat(120) + "/ä";
    file(longName, "x".repeat(1000));
    Path out = Files.createDirectory(context.resolve("out"));
    Path tar = Files.write(context.resolve("t.tar"), tar(TemplateCopy.of(context, ".", "/s")));
    Process process =
        new ProcessBuilder("tar", "-xpf", tar.toString(), "-C", out.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(Files.readString(out.resolve(longName))).hasSize(1000);
    assertThat(Files.readSymbolicLink(out.resolve("src/link"))).isEqualTo(Path.of("../a.txt"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out.resolve("a.txt"))))
        .isEqualTo("rwxr-x---");
    assertThat(Files.getLastModifiedTime(out.resolve("a.txt")).toInstant())
        .isEqualTo(Instant.parse("2026-01-02T03:04:05Z"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/passwd", "..", "../x", "a/../../x", "C:/x", "\\x", "", " ", "a\0b"})
  void whatLeadsOutOfTheContextIsRefused(String source) {
    assertThatThrownBy(() -> TemplateCopy.of(context, source, "/s"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aLinkOutOfTheContextIsNotFollowed(@TempDir Path elsewhere) throws IOException {
    Files.writeString(elsewhere.resolve("secret"), "hush");
    Files.createSymbolicLink(context.resolve("out"), elsewhere);
    assertThat(names(TemplateCopy.of(context, "out", "/s"))).containsExactly("out");
    assertThatThrownBy(() -> start(TemplateCopy.of(context, "out/secret", "/s")))
        .isInstanceOf(E2bException.class)
        .hasMessageContaining("\"out/secret\"");
  }

  @Test
  void aContextThatIsALinkIsTheFolderItLeadsTo(@TempDir Path elsewhere) throws IOException {
    Path link = Files.createSymbolicLink(elsewhere.resolve("link"), context);
    assertThat(names(TemplateCopy.of(link, ".", "/s")))
        .isEqualTo(names(TemplateCopy.of(context, ".", "/s")));
    assertThat(names(TemplateCopy.of(link, "src/main.c", "/s"))).containsExactly("src/main.c");
  }

  @Test
  void whatCannotBePackedIsToldBeforeAnythingIsAskedFor() {
    assertThatThrownBy(() -> start(TemplateCopy.of(context, "none*", "/s")))
        .isInstanceOf(E2bException.class)
        .hasMessageContaining("build template mine: the files of step 1")
        .hasMessageContaining("\"none*\"");
    assertThatThrownBy(() -> start(TemplateCopy.of(context.resolve("none"), "x", "/s")))
        .hasMessageContaining("NoSuchFileException");
    assertThat(fake.countOf("/templates")).isZero();
    assertThatThrownBy(() -> TemplateCopy.of(context, "x", " "))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TemplateCopy.of(context, "x", "/s").user("a b"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TemplateCopy.of(context, "x", "/s").mode(010000))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aStoreThatRefusesOrIsNoneIsTold() {
    fake.answerNext("/uploads/", FakeE2b.error(403, "expired"));
    assertThatThrownBy(() -> start(TemplateCopy.of(context, "a.txt", "/s")))
        .isInstanceOfSatisfying(
            E2bStatusException.class, e -> assertThat(e.status()).isEqualTo(403))
        .isNotInstanceOf(AuthenticationException.class)
        .hasMessageContaining("build again")
        .hasMessageNotContaining("hush");
    for (Map<String, Object> answer :
        List.<Map<String, Object>>of(
            Map.of(), Map.of("present", false), Map.of("present", false, "url", "nowhere"))) {
      fake.answerNext("/files/", FakeE2b.json(201, answer));
      assertThatThrownBy(() -> start(TemplateCopy.of(context, "a.txt", "/s")))
          .as("%s", answer)
          .isInstanceOf(E2bProtocolException.class);
    }
    assertThat(fake.templates.started().isEmpty()).as("no build was started").isTrue();
  }

  @Test
  void noArchiveIsLeftBehind() throws IOException {
    long before = archives();
    start(TemplateCopy.of(context, "a.txt", "/s"));
    fake.answerNext("/v3/templates", FakeE2b.error(500, "no"));
    assertThatThrownBy(() -> start(TemplateCopy.of(context, "a.txt", "/s")))
        .isInstanceOf(E2bStatusException.class);
    assertThatThrownBy(
            () ->
                start(
                    TemplateCopy.of(context, "a.txt", "/s"), TemplateCopy.of(context, "no", "/s")))
        .isInstanceOf(E2bException.class);
    assertThat(archives()).isEqualTo(before);
  }

  private static long archives() throws IOException {
    try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files.filter(file -> file.getFileName().toString().startsWith("e2b-files-")).count();
    }
  }

  @Test
  void templatesAreListedAndTagged() {
    TemplateBuild build = start();
    assertThat(client.templates().list())
        .extracting(TemplateInfo::templateId, TemplateInfo::names, TemplateInfo::state)
        .containsExactly(tuple(build.templateId(), List.of("mine"), BuildStatus.State.READY));
    fake.templates.tags.put("default", "b1");
    assertThat(client.templates().tag("mine:default", List.of("v1", "stable"))).isEqualTo("b1");
    client.templates().untag("mine", List.of("stable"));
    assertThat(client.templates().tags(build.templateId()))
        .extracting(TemplateTag::tag, TemplateTag::buildId)
        .containsExactly(tuple("default", "b1"), tuple("v1", "b1"));
    assertThatThrownBy(() -> client.templates().tag("mine:none", List.of("x")))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> client.templates().tag("mine:default", List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
