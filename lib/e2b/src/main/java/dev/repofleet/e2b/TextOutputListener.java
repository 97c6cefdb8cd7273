package dev.repofleet.e2b;

import java.util.function.Consumer;

/** Decodes both outputs, each with a decoder of its own. */
final class TextOutputListener implements OutputListener {
  private final Utf8Decoder stdoutDecoder = new Utf8Decoder();
  private final Utf8Decoder stderrDecoder = new Utf8Decoder();
  private final Consumer<String> stdout;
  private final Consumer<String> stderr;

  TextOutputListener(Consumer<String> stdout, Consumer<String> stderr) {
    this.stdout = stdout;
    this.stderr = stderr;
  }

  @Override
  public void onStdout(byte[] bytes) {
    emit(stdout, stdoutDecoder.decode(bytes));
  }

  @Override
  public void onStderr(byte[] bytes) {
    emit(stderr, stderrDecoder.decode(bytes));
  }

  @Override
  public void onEnd() {
    emit(stdout, stdoutDecoder.finish());
    emit(stderr, stderrDecoder.finish());
  }

  private static void emit(Consumer<String> consumer, String text) {
    if (!text.isEmpty()) {
      consumer.accept(text);
    }
  }
}
