package dev.repofleet.e2b.local.scenario;

import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.FileEntry;
import dev.repofleet.e2b.Files;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

final class FilesScenario implements Scenario {
  private static final int ENVD = 49983;

  @Override
  public String name() {
    return "files";
  }

  @Override
  public void observe(World world, Observations seen) throws Exception {
    Files files = world.sandbox().files();
    files.writeText("/home/user/a/b.txt", "hello");
    seen.say("files.read", files.readText("/home/user/a/b.txt"));
    seen.say(
        "files.list",
        files.list("/home/user/a", 1).stream()
            .map(FileEntry::name)
            .collect(Collectors.joining(",")));
    seen.say("files.exists", files.exists("/home/user/none"));
    files.writeAll(Map.of("/home/user/many/1", bytes("one"), "/home/user/many/2", bytes("two")));
    seen.say("files.many", files.list("/home/user/many", 1).size());
    seen.say("files.bytes", files.read("/home/user/many/1").length);
    seen.say(
        "files.mkdir",
        files.makeDirectory("/home/user/new") + " " + files.makeDirectory("/home/user/new"));
    seen.say("files.rename", files.move("/home/user/a/b.txt", "/home/user/new/c").path());
    FileEntry info = files.stat("/home/user/new/c");
    seen.say(
        "files.info",
        "%s,%d,%s,%s"
            .formatted(
                info.type().name().toLowerCase(Locale.ROOT),
                info.size(),
                info.owner(),
                info.permissions()));
    try {
      files.read("/home/user/none");
    } catch (E2bException e) {
      seen.say("files.missing", e.getClass().getSimpleName());
    }
    files.remove("/home/user/new");
    seen.say("files.removed", files.exists("/home/user/new"));
    signed(world, files, seen);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void signed(World world, Files files, Observations seen) throws Exception {
    URI put = files.uploadUrl("/home/user/signed", Instant.now().plusSeconds(60));
    HttpRequest.Builder upload =
        HttpRequest.newBuilder(here(world, put))
            .header("Content-Type", "application/octet-stream")
            .POST(HttpRequest.BodyPublishers.ofString("by link"));
    seen.say("files.signed.put", world.fetch(ENVD, upload).statusCode());
    URI get = files.downloadUrl("/home/user/signed");
    seen.say(
        "files.signed.get", world.fetch(ENVD, HttpRequest.newBuilder(here(world, get))).body());
  }

  /** Names under localhost are not known to every resolver; path and signature are what counts. */
  private static URI here(World world, URI signed) {
    return world.server().resolve(signed.getRawPath() + "?" + signed.getRawQuery());
  }
}
