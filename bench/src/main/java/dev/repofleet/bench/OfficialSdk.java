package dev.repofleet.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A script of ours that uses E2B's official JavaScript SDK, which is installed for it. */
record OfficialSdk(Path folder, String script) {
  private static final String SDK = "e2b@2.51.0";

  /** Copies the script there and installs the SDK beside it. */
  static OfficialSdk installed(Path folder, String script)
      throws IOException, InterruptedException {
    try (InputStream in = OfficialSdk.class.getResourceAsStream("/" + script)) {
      Files.copy(
          Objects.requireNonNull(in), folder.resolve(script), StandardCopyOption.REPLACE_EXISTING);
    }
    output(
        new ProcessBuilder(
            "npm", "install", "--no-save", "--no-audit", "--no-fund", "--prefix", ".", SDK),
        folder);
    return new OfficialSdk(folder, script);
  }

  /** Runs it to its end; gives what it prints. */
  String run(Map<String, String> environment, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("node", script));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    return output(builder, folder);
  }

  /** What a command prints, which must end well. */
  static String output(ProcessBuilder builder, Path directory)
      throws IOException, InterruptedException {
    Process process =
        builder
            .directory(directory.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    if (code != 0) {
      throw new IOException(builder.command() + " ended with " + code + ": " + out);
    }
    return out;
  }
}
