package dev.repofleet.e2b.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server in a JVM of its own. */
final class ServerProcess implements AutoCloseable {
  private static final String KEY = "e2b_0123456789abcdef";

  private final Process process;
  private final URI uri;
  private final String kind;

  private ServerProcess(Process process, URI uri, String kind) {
    this.process = process;
    this.uri = uri;
    this.kind = kind;
  }

  /** Starts it; {@code prefix} stands before the java command. */
  static ServerProcess start(
      List<String> prefix, String heap, String classPath, Path data, String kind)
      throws IOException {
    List<String> words = new ArrayList<>(prefix);
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-Xmx" + heap, "-cp", classPath, ServerMain.class.getName()));
    words.addAll(List.of(data.toString(), kind));
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().put("TEST_KEY", KEY);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    Process process = builder.start();
    String line =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
            .readLine();
    if (line == null) {
      throw new IOException("the server did not start");
    }
    String[] words2 = line.split(" ", -1);
    return new ServerProcess(process, URI.create(words2[0]), words2[1]);
  }

  WireClient client() {
    return new WireClient(uri, KEY);
  }

  String kind() {
    return kind;
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      if (process.waitFor(Awaiting.LONG.toSeconds(), TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
    throw new IOException("the server did not end within " + Awaiting.LONG.toSeconds() + " s");
  }
}
