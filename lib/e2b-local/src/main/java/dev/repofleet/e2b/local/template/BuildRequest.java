package dev.repofleet.e2b.local.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.wire.ApiException;
import dev.repofleet.e2b.local.wire.Redaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a build is to do.
 *
 * @param fromImage name of a container image; empty if none was named
 * @param fromTemplate name of a template; empty if none was named
 * @param startCommand runs in each sandbox; empty for none
 * @param readyCommand ends with 0 once the start command is ready; empty for none
 */
public record BuildRequest(
    String fromImage,
    String fromTemplate,
    List<Step> steps,
    String startCommand,
    String readyCommand) {
  private static final Set<String> TYPES = Set.of("COPY", "RUN", "ENV", "WORKDIR", "USER");

  public BuildRequest {
    steps = List.copyOf(steps);
  }

  /**
   * One step.
   *
   * @param filesHash names the upload of a COPY; else empty
   */
  record Step(String type, List<String> arguments, String filesHash) {
    Step {
      arguments = List.copyOf(arguments);
    }

    /** An argument; empty where there are not so many. */
    String argument(int index) {
      return index < arguments.size() ? arguments.get(index) : "";
    }
  }

  public static BuildRequest of(ObjectNode body) {
    List<Step> steps = new ArrayList<>();
    for (JsonNode step : body.path("steps")) {
      String type = step.path("type").asText("");
      if (!TYPES.contains(type)) {
        throw ApiException.of(
            400, "there is no step '%s', only %s".formatted(Redaction.printable(type), TYPES));
      }
      List<String> arguments = new ArrayList<>();
      step.path("args").forEach(argument -> arguments.add(argument.asText()));
      steps.add(new Step(type, arguments, step.path("filesHash").asText("")));
    }
    return new BuildRequest(
        body.path("fromImage").asText(""),
        body.path("fromTemplate").asText(""),
        steps,
        body.path("startCmd").asText(""),
        body.path("readyCmd").asText(""));
  }
}
