package dev.repofleet.e2b.local.envd;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.http.Exchange;
import dev.repofleet.e2b.local.machine.LinuxUser;
import dev.repofleet.e2b.local.machine.SandboxFiles;
import dev.repofleet.e2b.local.machine.SandboxPaths;
import dev.repofleet.e2b.local.sandbox.Sandbox;
import dev.repofleet.e2b.local.wire.ConnectFrames;
import dev.repofleet.e2b.local.wire.HttpReply;
import dev.repofleet.e2b.local.wire.Redaction;
import dev.repofleet.e2b.local.wire.RpcCode;
import dev.repofleet.e2b.local.wire.RpcException;
import dev.repofleet.e2b.local.wire.Wire;
import java.io.IOException;
import java.util.List;

/** envd's filesystem.Filesystem (E2B contract, 5.1). Thread-safe. */
public final class FilesystemService {
  private static final int DEEPEST = 100;

  private final WatchService watches;

  public FilesystemService(WatchService watches) {
    this.watches = watches;
  }

  void handle(Exchange exchange, Sandbox sandbox, String method) {
    if (method.equals("WatchDir")) {
      watches.stream(exchange, sandbox);
      return;
    }
    exchange.answer(
        body -> {
          ObjectNode request = ConnectFrames.parse(body);
          return HttpReply.json(
              200,
              switch (method) {
                case "CreateWatcher" -> watches.create(exchange, sandbox, request);
                case "GetWatcherEvents" -> events(sandbox, request);
                case "RemoveWatcher" -> {
                  sandbox.watchers().remove(request.path("watcherId").asText(""));
                  yield Wire.object();
                }
                default -> onFiles(exchange, sandbox, method, request);
              });
        });
  }

  private static ObjectNode onFiles(
      Exchange exchange, Sandbox sandbox, String method, ObjectNode request) throws IOException {
    LinuxUser user = LinuxUser.fromBasic(exchange.header("Authorization"), sandbox.image().user());
    return call(sandbox.machine().files(user), user, method, request);
  }

  private static ObjectNode events(Sandbox sandbox, ObjectNode request) {
    ObjectNode answer = Wire.object();
    List<ObjectNode> events = sandbox.watchers().drain(request.path("watcherId").asText(""));
    if (!events.isEmpty()) {
      answer.putArray("events").addAll(events);
    }
    return answer;
  }

  private static ObjectNode call(
      SandboxFiles files, LinuxUser user, String method, ObjectNode request) throws IOException {
    ObjectNode answer = Wire.object();
    switch (method) {
      case "Stat" -> answer.set("entry", files.stat(path(request, "path", user)));
      case "MakeDir" -> answer.set("entry", files.makeDirectory(path(request, "path", user)));
      case "Move" ->
          answer.set(
              "entry",
              files.move(path(request, "source", user), path(request, "destination", user)));
      case "Remove" -> files.remove(path(request, "path", user));
      case "ListDir" -> {
        int depth = Math.min(DEEPEST, Math.max(1, request.path("depth").asInt(1)));
        List<ObjectNode> entries = files.list(path(request, "path", user), depth);
        if (!entries.isEmpty()) {
          ArrayNode array = answer.putArray("entries");
          entries.forEach(array::add);
        }
      }
      default ->
          throw new RpcException(
              RpcCode.UNIMPLEMENTED,
              "this local server has no filesystem.Filesystem/" + Redaction.printable(method));
    }
    return answer;
  }

  private static String path(ObjectNode request, String name, LinuxUser user) {
    return SandboxPaths.absolute(request.path(name).asText(""), user);
  }
}
