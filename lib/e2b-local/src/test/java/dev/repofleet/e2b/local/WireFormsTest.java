package dev.repofleet.e2b.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.e2b.local.control.MetadataFilter;
import dev.repofleet.e2b.local.control.PageToken;
import dev.repofleet.e2b.local.host.CommandEnvironment;
import dev.repofleet.e2b.local.machine.ExitStatus;
import dev.repofleet.e2b.local.machine.LinuxUser;
import dev.repofleet.e2b.local.machine.SandboxPaths;
import dev.repofleet.e2b.local.wire.ApiException;
import dev.repofleet.e2b.local.wire.ByteRange;
import dev.repofleet.e2b.local.wire.ConnectFrames;
import dev.repofleet.e2b.local.wire.MultipartReader;
import dev.repofleet.e2b.local.wire.RpcException;
import dev.repofleet.e2b.local.wire.SandboxAddress;
import dev.repofleet.e2b.local.wire.Wire;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireFormsTest {
  @Test
  void metadataIsDecodedFromTheTripleEncodingTheOfficialSdkSends() {
    String wire = "app%3Drev%252520iew%26k%3Da%25253Db%252526c";
    String query = URLDecoder.decode(wire, StandardCharsets.UTF_8);
    assertThat(MetadataFilter.decode(query)).isEqualTo(Map.of("app", "rev iew", "k", "a=b&c"));
    assertThat(MetadataFilter.decode("lease=a.b-c")).isEqualTo(Map.of("lease", "a.b-c"));
    assertThat(MetadataFilter.decode("")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a=b=c", "a=b&", "a=%zz"})
  void malformedMetadataIsRefused(String query) {
    assertThatThrownBy(() -> MetadataFilter.decode(query)).isInstanceOf(ApiException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LOCALHOST:80",
        "127.0.0.1:3000",
        "[::1]:3000",
        "49983-iabc0.localhost:3000",
        "8080-x.localhost"
      })
  void loopbackHostsAreAllowed(String host) {
    assertThat(HostCheck.allowed(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.2",
        "",
        "localhost:80:80",
        "localhost@evil.example",
        "x-abc.localhost",
        "49983-a.b.localhost",
        "0.0.0.0"
      })
  void otherHostsAreRefused(String host) {
    assertThat(HostCheck.allowed(host)).isFalse();
  }

  @Test
  void aHostNamesPortAndSandbox() {
    assertThat(HostCheck.address("49983-iab1.localhost:3000"))
        .contains(new SandboxAddress("iab1", 49983));
    assertThat(HostCheck.address("localhost:3000")).isEmpty();
  }

  @Test
  void aPageTokenComesBackAsItWasAndOnlyForItsOrder() {
    PageToken token = new PageToken(Instant.parse("2026-01-02T03:04:05.678Z"), "iabc", true);
    assertThat(PageToken.decode(token.encode(), true)).isEqualTo(token);
    assertThatThrownBy(() -> PageToken.decode(token.encode(), false))
        .hasMessage("Invalid next token");
    assertThatThrownBy(() -> PageToken.decode("%%%", true)).hasMessage("Invalid next token");
  }

  @ParameterizedTest
  @CsvSource({"bytes=0-9,0,9", "bytes=5-,5,-1", "bytes=-7,-1,7"})
  void aRangeHasThreeForms(String header, long first, long last) {
    assertThat(ByteRange.of(header)).contains(new ByteRange(first, last));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=0-1,3-4", "lines=1-2", "bytes=-", "bytes=9-2", "x"})
  void otherRangesAreIgnored(String header) {
    assertThat(ByteRange.of(header)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "a/b,/home/user/a/b",
    "~/x,/home/user/x",
    "/a//b/./c/,/a/b/c",
    "/a/../b,/a/../b",
    "/,/",
    "/.,/",
    "/.hidden/./.x,/.hidden/.x"
  })
  void pathsStartAtTheHomeAndKeepParentSteps(String given, String expected) {
    assertThat(SandboxPaths.absolute(given, LinuxUser.USER)).isEqualTo(expected);
  }

  @Test
  void aFrameIsFlagsLengthAndPayload() {
    byte[] frame = ConnectFrames.message(Wire.object().put("a", 1));
    assertThat(frame).startsWith(0, 0, 0, 0, 7);
    assertThat(ConnectFrames.request(frame).get("a").asInt()).isEqualTo(1);
    byte[] data = ConnectFrames.data("stdout", "hi!?".getBytes(StandardCharsets.UTF_8), 2);
    assertThat(new String(data, 5, data.length - 5, StandardCharsets.UTF_8))
        .isEqualTo("{\"event\":{\"data\":{\"stdout\":\"aGk=\"}}}");
    assertThat(ConnectFrames.end()).containsExactly(2, 0, 0, 0, 2, '{', '}');
  }

  @RepeatedTest(50)
  void cutOrBentFramesAreRefusedAndNeverCrash() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    byte[] frame = ConnectFrames.message(Wire.object().put("a", "b".repeat(random.nextInt(20))));
    byte[] bent = Arrays.copyOf(frame, random.nextInt(frame.length));
    assertThatThrownBy(() -> ConnectFrames.request(bent))
        .as("seed %d", seed)
        .isInstanceOf(RpcException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0||false|{'event':{'end':{'exited':true,'status':'exit status 0'}}}",
        "7||false|{'event':{'end':{'exitCode':7,'exited':true,'status':'exit status 7','error':'exit status 7'}}}",
        "137|Killed|false|{'event':{'end':{'exitCode':-1,'status':'signal: killed','error':'signal: killed'}}}",
        "137||true|{'event':{'end':{'exitCode':-1,'status':'signal: killed','error':'signal: killed'}}}",
        "143|Terminated|false|{'event':{'end':{'exitCode':-1,'status':'signal: terminated','error':'signal: terminated'}}}",
        "143||false|{'event':{'end':{'exitCode':143,'exited':true,'status':'exit status 143','error':'exit status 143'}}}"
      })
  void endEventsAreEnvdsOwn(int code, String report, boolean killSent, String expected) {
    String json = ExitStatus.of(code, report == null ? "" : report, killSent).event().toString();
    assertThat(json).isEqualTo(expected.replace('\'', '"'));
  }

  @RepeatedTest(100)
  void multipartPartsComeOutWholeWhateverTheSplits() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    byte[] content = new byte[random.nextInt(200_000)];
    random.nextBytes(content);
    byte[] trap = "\r\n--bounda".getBytes(StandardCharsets.ISO_8859_1);
    if (content.length > 100) {
      System.arraycopy(trap, 0, content, random.nextInt(content.length - 50), trap.length);
    }
    java.io.ByteArrayOutputStream body = new java.io.ByteArrayOutputStream();
    body.writeBytes(part("note", "", "x".getBytes(StandardCharsets.UTF_8)));
    body.writeBytes(part("file", "/tmp/ä b", content));
    body.writeBytes("--boundary--\r\n".getBytes(StandardCharsets.UTF_8));
    MultipartReader reader =
        new MultipartReader(
            "multipart/form-data; boundary=boundary", dripping(body.toByteArray(), random));
    MultipartReader.Part note = reader.next().orElseThrow();
    assertThat(note.content().readAllBytes()).isEqualTo(new byte[] {'x'});
    MultipartReader.Part file = reader.next().orElseThrow();
    assertThat(file.filename()).isEqualTo("/tmp/ä b");
    assertThat(Arrays.equals(file.content().readAllBytes(), content)).as("seed %d", seed).isTrue();
    assertThat(reader.next()).isEqualTo(Optional.empty());
  }

  @Test
  void aCutMultipartBodyIsAnError() throws Exception {
    byte[] body = part("file", "a", new byte[100]);
    MultipartReader reader =
        new MultipartReader(
            "multipart/form-data; boundary=boundary",
            new ByteArrayInputStream(body, 0, body.length - 10));
    InputStream content = reader.next().orElseThrow().content();
    assertThatThrownBy(content::readAllBytes).isInstanceOf(IOException.class);
  }

  @Test
  void dangerousVariablesTravelUnderNeutralNames() {
    Map<String, String> neutral = CommandEnvironment.neutral(Map.of("LD_PRELOAD", "/x.so"));
    assertThat(neutral)
        .containsOnly(
            Map.entry("PATH", "/usr/bin:/bin"), Map.entry("E2B_LOCAL_ENV_0", "LD_PRELOAD=/x.so"));
  }

  private static byte[] part(String name, String filename, byte[] content) {
    String head =
        "--boundary\r\nContent-Disposition: form-data; name=\"%s\"%s\r\n\r\n"
            .formatted(name, filename.isEmpty() ? "" : "; filename=\"" + filename + "\"");
    java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
    all.writeBytes(head.getBytes(StandardCharsets.UTF_8));
    all.writeBytes(content);
    all.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
    return all.toByteArray();
  }

  private static InputStream dripping(byte[] bytes, Random random) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] target, int offset, int length) {
        return super.read(target, offset, Math.min(length, 1 + random.nextInt(5_000)));
      }
    };
  }
}
