package dev.repofleet.starter.schedule;

import dev.repofleet.workflows.client.encryption.PayloadEncryption;
import dev.repofleet.workflows.client.encryption.PayloadKeys;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.schedule.v1.Schedule;
import io.temporal.api.schedule.v1.ScheduleAction;
import io.temporal.api.sdk.v1.UserMetadata;
import io.temporal.api.workflow.v1.NewWorkflowExecutionInfo;
import io.temporal.payload.codec.PayloadCodec;
import java.util.List;
import java.util.Optional;

/**
 * What a schedule begins its runs with, as the server keeps it: as it was written once, encrypted
 * with the key of that time or with none.
 */
final class ScheduleInput {
  private ScheduleInput() {}

  /** Nothing where it starts no workflow, or one without input. */
  static Optional<Payload> of(Schedule schedule) {
    return schedule.getAction().getStartWorkflow().getInput().getPayloadsList().stream()
        .findFirst();
  }

  /** Whether it would be written the same way with these keys. */
  static boolean isCurrent(Schedule schedule, Optional<PayloadKeys> keys) {
    return of(schedule)
        .map(input -> PayloadEncryption.keyOf(input).equals(keys.map(PayloadKeys::currentId)))
        .orElse(true);
  }

  /**
   * The same schedule under the current key.
   *
   * @throws dev.repofleet.workflows.client.encryption.PayloadEncryptionException when it can't be
   *     read
   */
  static Schedule encryptedAnew(Schedule schedule, PayloadKeys keys) {
    PayloadCodec codec = PayloadEncryption.codec(keys);
    NewWorkflowExecutionInfo start = schedule.getAction().getStartWorkflow();
    UserMetadata texts = start.getUserMetadata();
    NewWorkflowExecutionInfo.Builder anew =
        start.toBuilder()
            .setInput(
                Payloads.newBuilder()
                    .addAllPayloads(anew(start.getInput().getPayloadsList(), codec)));
    if (texts.hasSummary()) {
      anew.getUserMetadataBuilder().setSummary(anew(texts.getSummary(), codec));
    }
    if (texts.hasDetails()) {
      anew.getUserMetadataBuilder().setDetails(anew(texts.getDetails(), codec));
    }
    return schedule.toBuilder()
        .setAction(ScheduleAction.newBuilder().setStartWorkflow(anew))
        .build();
  }

  private static List<Payload> anew(List<Payload> payloads, PayloadCodec codec) {
    return codec.encode(codec.decode(payloads));
  }

  private static Payload anew(Payload payload, PayloadCodec codec) {
    return anew(List.of(payload), codec).get(0);
  }
}
