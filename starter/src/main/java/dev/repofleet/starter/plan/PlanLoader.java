package dev.repofleet.starter.plan;

import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.starter.command.NearestName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Turns what {@code --plan} names, a preset or a YAML or JSON file, into the plan that workers
 * read, every default filled in. Reads files and nothing else.
 */
public final class PlanLoader {
  /** The presets that are shipped; the first is the one for who named none. */
  public static final List<String> PRESETS =
      List.of("security", "quality", "dependencies", "explain");

  /** Longer than any plan, prompt or schema a person writes. */
  private static final int MAX_BYTES = 1 << 20;

  private final Path workingDirectory;

  /** Files are looked up from this directory on. */
  public PlanLoader(Path workingDirectory) {
    this.workingDirectory = workingDirectory;
  }

  /**
   * Loads a plan.
   *
   * @param nameOrFile a preset's name, else a path
   * @throws PlanException with exit code 2 and a sentence, when there is no such plan or something
   *     in it is wrong
   */
  public Plan load(String nameOrFile) {
    if (PRESETS.contains(nameOrFile)) {
      return preset(nameOrFile);
    }
    Path file = workingDirectory.resolve(nameOrFile);
    if (!Files.exists(file)) {
      String hint =
          NearestName.of(nameOrFile, PRESETS)
              .map(name -> "did you mean the preset '" + name + "'? ")
              .orElse("");
      throw new PlanException(
          "there is no plan '"
              + nameOrFile
              + "', neither a preset nor a file: "
              + hint
              + "presets are "
              + String.join(", ", PRESETS)
              + "; or name a file");
    }
    PlanText text = PlanText.read(nameOrFile, read(file, nameOrFile));
    return new PlanReader(text, name -> sibling(file, name)).plan(baseName(file));
  }

  /** The preset of a name in {@link #PRESETS}. */
  static Plan preset(String name) {
    String resource = "/dev/repofleet/starter/presets/" + name + ".yaml";
    try (InputStream in = PlanLoader.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the program lacks its resource " + resource);
      }
      PlanText text = PlanText.read(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
      return new PlanReader(
              text,
              file -> {
                throw new IllegalStateException("preset " + name + " refers to " + file);
              })
          .plan(name);
    } catch (IOException e) {
      throw new IllegalStateException("the resource " + resource + " can't be read", e);
    }
  }

  private static String sibling(Path plan, String name) {
    return read(plan.toAbsolutePath().resolveSibling(name), name);
  }

  /**
   * The text of a file that a person wrote.
   *
   * @param name of the file, for messages
   */
  static String read(Path file, String name) {
    if (!Files.exists(file)) {
      throw new PlanException("there is no file " + name);
    }
    if (!Files.isRegularFile(file)) {
      throw new PlanException(name + " is not a file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new PlanException(name + " is longer than 1 MiB, the most for such a file");
      }
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes))
          .toString();
    } catch (CharacterCodingException e) {
      throw new PlanException(name + " is not UTF-8 text");
    } catch (IOException e) {
      throw new PlanException(name + " can't be read: " + e);
    }
  }

  private static String baseName(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }
}
