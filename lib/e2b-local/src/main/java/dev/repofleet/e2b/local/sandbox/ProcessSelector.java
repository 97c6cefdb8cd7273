package dev.repofleet.e2b.local.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.wire.Redaction;
import dev.repofleet.e2b.local.wire.RpcCode;
import dev.repofleet.e2b.local.wire.RpcException;
import org.jspecify.annotations.Nullable;

/** How a request names a process: by pid or by tag. */
public record ProcessSelector(long pid, @Nullable String tag) {
  public static ProcessSelector of(ObjectNode request) {
    JsonNode process = request.path("process");
    if (process.hasNonNull("tag")) {
      return new ProcessSelector(0, process.get("tag").asText());
    }
    if (process.path("pid").canConvertToLong() || process.path("pid").isTextual()) {
      return new ProcessSelector(process.path("pid").asLong(), null);
    }
    throw new RpcException(RpcCode.INVALID_ARGUMENT, "process.pid or process.tag is missing");
  }

  boolean matches(SandboxProcess process) {
    return tag == null ? process.pid() == pid : tag.equals(process.config().tag());
  }

  public RpcException notFound() {
    String what = tag == null ? "pid " + pid : "tag " + Redaction.printable(tag);
    return new RpcException(RpcCode.NOT_FOUND, "process with " + what + " not found");
  }
}
