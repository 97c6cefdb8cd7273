package dev.repofleet.worker.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.logstash.logback.composite.AbstractJsonProvider;

/**
 * The fields that say whose line it is, and their names: the one place of both. Temporal's SDK puts
 * its own into the MDC of every workflow and activity; batch and repository are read off the
 * workflow's id, so that no line of a review lacks them.
 */
final class FleetFields extends AbstractJsonProvider<ILoggingEvent> {
  /** Beside the SDK's own keys, hence spelled like them. */
  static final String SANDBOX = "Sandbox";

  private static final String WORKFLOW_ID = "WorkflowId";

  /** Key of the MDC → field. */
  private static final Map<String, String> NAMES = names();

  private static final Pattern OF_A_BATCH =
      Pattern.compile("review(?:-batch)?/([^/]+)(?:/([^/]+))?");

  private static Map<String, String> names() {
    Map<String, String> names = new LinkedHashMap<>();
    names.put(SANDBOX, "sandbox");
    names.put("ActivityType", "activity");
    names.put("Attempt", "attempt");
    names.put("WorkflowType", "workflow");
    names.put(WORKFLOW_ID, "workflow_id");
    names.put("RunId", "run_id");
    names.put("TaskQueue", "task_queue");
    names.put("Namespace", "namespace");
    return names;
  }

  @Override
  public void writeTo(JsonGenerator generator, ILoggingEvent event) throws IOException {
    Map<String, String> context = event.getMDCPropertyMap();
    Matcher batch = OF_A_BATCH.matcher(context.getOrDefault(WORKFLOW_ID, ""));
    if (batch.matches()) {
      generator.writeStringField("batch", batch.group(1));
      if (batch.group(2) != null) {
        generator.writeStringField("repository", batch.group(2));
      }
    }
    for (Map.Entry<String, String> name : NAMES.entrySet()) {
      String value = context.get(name.getKey());
      if (value != null) {
        generator.writeStringField(name.getValue(), value);
      }
    }
  }
}
