package dev.repofleet.starter.control;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.BatchFiles;
import dev.repofleet.artifacts.StoredAmount;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.batch.KnownBatch;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Pause;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.out.OpenedReport;
import dev.repofleet.starter.render.Wording;
import dev.repofleet.workflows.client.TemporalConnection;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code delete}: removes a batch that has ended, for good. */
@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    description = {
      "Deletes a batch that has ended, from the artifact store and the Temporal server.",
      "All of it goes: results, reports, sessions, workflows. What other batches refer to",
      "stays. Stopped in the middle, the same command goes on."
    },
    footer = {
      "",
      "Examples:",
      "  repofleet delete 20260102-030405-abcd --dry-run",
      "  repofleet delete 20260102-030405-abcd"
    })
public final class DeleteCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "BATCH", description = "Id of the batch.")
  private String batch = "";

  @Option(names = "--dry-run", description = "Deletes nothing, and says what it would delete.")
  private boolean dryRun;

  @Option(names = "--json", description = "Prints a JSON line.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  /** A command in this world. */
  public DeleteCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    KnownBatch.requireId(batch);
    Terminal terminal = Terminal.of(spec);
    BatchRecords records = BatchRecords.open(context, batch);
    try (TemporalConnection connection = TemporalConnection.open(context.environment())) {
      if (!dryRun) {
        // First: once the batch is gone nobody can ask for it any more.
        OpenedReport.delete(context, batch);
      }
      BatchDeletion.Deleted deleted =
          new BatchDeletion(connection, records, context.clock(), Pause.SLEEPING).run(dryRun);
      if (json) {
        terminal.tellJson(ArtifactJson.line(Line.of(batch, dryRun, deleted)));
      } else {
        terminal.tell(sentence(deleted));
      }
      sayWhatStays(terminal, deleted.stored());
    }
    return ExitCode.OK.number();
  }

  private String sentence(BatchDeletion.Deleted deleted) {
    return "Batch "
        + batch
        + (dryRun ? " would be deleted: " : " is deleted: ")
        + amount(deleted.stored().named(), "file", "files")
        + " under its name, "
        + amount(deleted.stored().objects().deleted(), "object", "objects")
        + " that only they refer to, "
        + Wording.count(deleted.workflows(), "workflow run", "workflow runs");
  }

  private static void sayWhatStays(Terminal terminal, BatchFiles.Deleted stored) {
    StoredAmount shared = stored.objects().shared();
    StoredAmount young = stored.objects().young();
    if (shared.files() > 0) {
      terminal.say(amount(shared, "object", "objects") + " stay: other batches refer to them.");
    }
    if (young.files() > 0) {
      terminal.say(
          amount(young, "object", "objects")
              + " stay for now: they were stored within the hour, or since a batch at work began,"
              + " and somebody may be about to refer to them. Workers sweep the store once a day.");
    }
  }

  private static String amount(StoredAmount amount, String one, String many) {
    return Wording.count(amount.files(), one, many) + " (" + Wording.bytes(amount.bytes()) + ")";
  }

  /**
   * What was deleted.
   *
   * @param dryRun whether it only would be
   * @param files under the batch's name
   * @param bytes of them
   * @param objects that nothing else refers to
   * @param objectBytes of them
   * @param workflows runs on the server
   * @param objectsShared that stay, since others refer to them
   * @param objectsYoung that stay for now
   */
  @JsonPropertyOrder({
    "type",
    "batch",
    "dryRun",
    "files",
    "bytes",
    "objects",
    "objectBytes",
    "workflows",
    "objectsShared",
    "objectsYoung"
  })
  record Line(
      String batch,
      boolean dryRun,
      long files,
      long bytes,
      long objects,
      long objectBytes,
      int workflows,
      long objectsShared,
      long objectsYoung) {

    private static Line of(String batch, boolean dryRun, BatchDeletion.Deleted deleted) {
      BatchFiles.Deleted stored = deleted.stored();
      return new Line(
          batch,
          dryRun,
          stored.named().files(),
          stored.named().bytes(),
          stored.objects().deleted().files(),
          stored.objects().deleted().bytes(),
          deleted.workflows(),
          stored.objects().shared().files(),
          stored.objects().young().files());
    }

    @JsonProperty("type")
    String type() {
      return "deleted";
    }
  }
}
