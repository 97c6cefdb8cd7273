package dev.repofleet.starter.embedded;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.repofleet.starter.command.CommandException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The small source trees that {@code demo} reviews, made into Git repositories. They hold faults on
 * purpose; their fake keys are put together only here, so that no scanner of this project's own
 * sources takes them for real. The same trees give the same commits everywhere. Stateless.
 */
final class SampleRepositories {
  private static final String ROOT = "/dev/repofleet/starter/samples/";
  private static final Duration GIT_TIMEOUT = Duration.ofSeconds(30);

  /** Fixed dates and names, and no settings of the person's: commits are the same everywhere. */
  private static final Map<String, String> GIT_ENVIRONMENT =
      Map.of(
          "GIT_AUTHOR_NAME", "RepoFleet samples",
          "GIT_AUTHOR_EMAIL", "samples@repofleet.invalid",
          "GIT_AUTHOR_DATE", "2026-01-05T09:00:00+00:00",
          "GIT_COMMITTER_NAME", "RepoFleet samples",
          "GIT_COMMITTER_EMAIL", "samples@repofleet.invalid",
          "GIT_COMMITTER_DATE", "2026-01-05T09:00:00+00:00",
          "GIT_CONFIG_GLOBAL", "/dev/null",
          "GIT_CONFIG_NOSYSTEM", "1");

  private SampleRepositories() {}

  /**
   * Makes sure that all of them are in a folder, as they are in this build: what is there with
   * another commit is replaced. Blocks for well under a second.
   *
   * @param folder gets one repository in a folder of its name each
   * @return the repositories' folders, in a fixed order
   * @throws CommandException with exit code 2 when Git or the folder can't be used
   */
  static List<Path> in(Path folder) {
    try {
      PrivateFiles.createFolders(folder);
      Path fresh = Files.createTempDirectory(folder, ".new-");
      try {
        Index index = new ObjectMapper().readValue(resource("samples.json"), Index.class);
        List<Path> repositories = new ArrayList<>();
        for (Sample sample : index.samples()) {
          Path made = create(fresh.resolve(sample.name()), sample, index.placeholders());
          repositories.add(put(made, folder.resolve(sample.name())));
        }
        return List.copyOf(repositories);
      } finally {
        FileTrees.deleteQuietly(fresh);
      }
    } catch (IOException e) {
      throw CommandException.wrongUse(
          "the sample repositories can't be made in " + folder + ": " + e.getMessage());
    }
  }

  private static Path create(Path folder, Sample sample, Map<String, List<String>> placeholders)
      throws IOException {
    for (String name : sample.files()) {
      Path file = folder.resolve(name);
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      String text = new String(resource(sample.name() + "/" + name), StandardCharsets.UTF_8);
      for (Map.Entry<String, List<String>> placeholder : placeholders.entrySet()) {
        text = text.replace(placeholder.getKey(), String.join("", placeholder.getValue()));
      }
      Files.writeString(file, text);
    }
    git(folder, "init", "--quiet", "--initial-branch=main");
    git(folder, "add", "--all");
    git(folder, "commit", "--quiet", "--message", sample.description());
    return folder;
  }

  private static Path put(Path made, Path place) throws IOException {
    if (!head(made).equals(head(place))) {
      FileTrees.deleteQuietly(place);
      Files.move(made, place, StandardCopyOption.ATOMIC_MOVE);
    }
    return place;
  }

  /** The commit checked out; empty where there is no repository. */
  private static String head(Path repository) {
    return Files.isDirectory(repository.resolve(".git"))
        ? new ShortCommand(
                GIT_TIMEOUT, List.of("git", "rev-parse", "HEAD"), repository, GIT_ENVIRONMENT)
            .run()
            .output()
        : "";
  }

  private static void git(Path folder, String... arguments) {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    ShortCommand.Result result =
        new ShortCommand(GIT_TIMEOUT, command, folder, GIT_ENVIRONMENT).run();
    if (!result.succeeded()) {
      throw CommandException.wrongUse(
          "the sample repositories need Git: git " + arguments[0] + " says: " + result.lastLine());
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = SampleRepositories.class.getResourceAsStream(ROOT + name)) {
      if (in == null) {
        throw new IOException("this build holds no " + ROOT + name);
      }
      return in.readAllBytes();
    }
  }

  private record Index(Map<String, List<String>> placeholders, List<Sample> samples) {}

  /** Beside these, the index says which faults were planted: the tests' to know. */
  @JsonIgnoreProperties("planted")
  private record Sample(String name, String description, List<String> files) {}
}
