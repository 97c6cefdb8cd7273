package dev.repofleet.starter.embedded;

import dev.repofleet.starter.codec.CodecServer;
import dev.repofleet.starter.codec.UiOrigins;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.workflows.client.encryption.EncryptionKeys;
import dev.repofleet.workflows.client.encryption.PayloadEncryption;
import dev.repofleet.workflows.client.encryption.PayloadKeys;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code codec}: the endpoint by which Temporal's UI shows encrypted payloads, until Ctrl-C. */
@Command(
    name = "codec",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a codec endpoint, by which Temporal's UI shows encrypted payloads.",
      "It takes calls from pages of REPOFLEET_TEMPORAL_UI, and decodes for whoever reaches",
      "it: REPOFLEET_CODEC_HOST, loopback by default. `up` brings one of its own."
    },
    footer = {
      "",
      "Example:",
      "  REPOFLEET_ENCRYPTION_KEYS_FILE=/run/secrets/keys repofleet codec",
      "  then in the UI: the glasses at the top, Codec Server, the address that is printed"
    })
final class CodecCommand implements Callable<Integer> {
  private static final String USUAL_UI = "http://127.0.0.1:8233";

  private final CommandContext context;

  @Option(
      names = "--port",
      paramLabel = "P",
      defaultValue = "8234",
      description = "Port of the endpoint; 0 takes a free one. Default: ${DEFAULT-VALUE}")
  private int port;

  @Spec private @Nullable CommandSpec spec;

  CodecCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    Terminal terminal = Terminal.of(spec);
    LoopbackPorts.requireValid(port, "the codec endpoint");
    try (CodecServer server = start()) {
      terminal.out().println(server.uri());
      terminal.out().flush();
      terminal.say("Decodes for pages of " + ui() + ", until Ctrl-C");
      new CountDownLatch(1).await();
      return 0;
    }
  }

  private CodecServer start() {
    try {
      PayloadKeys keys =
          PayloadEncryption.keys(context.environment())
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "there are no keys: set %s or %s"
                              .formatted(EncryptionKeys.VARIABLE, EncryptionKeys.FILE_VARIABLE)));
      Set<String> origins = UiOrigins.of(URI.create(ui()));
      return new CodecServer(host(), port, PayloadEncryption.codec(keys), origins::contains);
    } catch (IllegalArgumentException | UncheckedIOException e) {
      throw CommandException.wrongUse(String.valueOf(e.getMessage()));
    }
  }

  private String host() {
    return value("REPOFLEET_CODEC_HOST", "127.0.0.1");
  }

  private String ui() {
    return value("REPOFLEET_TEMPORAL_UI", USUAL_UI);
  }

  private String value(String name, String otherwise) {
    String value = context.environment().getOrDefault(name, "").strip();
    return value.isEmpty() ? otherwise : value;
  }
}
