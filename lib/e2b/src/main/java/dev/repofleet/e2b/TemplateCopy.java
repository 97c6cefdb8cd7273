package dev.repofleet.e2b;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Files of this machine to copy into a template. Immutable.
 *
 * <p>Links are copied as links. What a file {@code .dockerignore} in the context names is left out,
 * as Docker reads it: later lines win, {@code !} takes back, and a folder stands for all below it.
 *
 * @param context the folder that {@code source} is in, or a link to it; nothing outside it is sent
 * @param source a file, a folder with all below it, or a pattern with {@code *}, {@code **}, {@code
 *     ?} and {@code [...]}, relative to the context; {@code .} is all of it
 * @param destination where to in the image. A file goes to this name, or into this folder if it
 *     ends in a slash; of a folder what is in it. How deep below it lies what a pattern matches is
 *     E2B's affair: name a folder where that matters
 * @param user whose the copies are, as {@code name} or {@code name:group}; null is the user that is
 *     set
 * @param mode permission bits of everything copied; null is as they are here
 */
public record TemplateCopy(
    Path context,
    String source,
    String destination,
    @Nullable String user,
    @Nullable Integer mode) {
  private static final int MAX_MODE = 07777;

  /**
   * Checks, and spells the source without {@code .} and {@code ..}.
   *
   * @throws IllegalArgumentException if the source is absolute or leads out of the context, the
   *     destination is blank, the user can't be one, or the mode is none
   */
  public TemplateCopy {
    Objects.requireNonNull(context, "context");
    source = inside(source);
    if (destination.isBlank() || destination.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("the place to copy \"" + source + "\" to is not named");
    }
    if (user != null && !user.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_.-]+)?")) {
      throw new IllegalArgumentException("not the name of a Linux user: " + user);
    }
    if (mode != null && (mode < 0 || mode > MAX_MODE)) {
      throw new IllegalArgumentException("permission bits are 0 to 07777 in octal");
    }
  }

  private static String inside(String source) {
    if (source.isBlank() || source.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("what to copy is not named");
    }
    String path = source.replace('\\', '/');
    if (path.startsWith("/") || path.matches("[A-Za-z]:.*")) {
      throw new IllegalArgumentException(
          "can't copy \"%s\": name it relative to the context's folder".formatted(source));
    }
    Deque<String> parts = new ArrayDeque<>();
    for (String part : path.split("/+", -1)) {
      if (part.equals("..")) {
        if (parts.pollLast() == null) {
          throw new IllegalArgumentException(
              "can't copy \"%s\": it leads out of the context's folder".formatted(source));
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return parts.isEmpty() ? "." : String.join("/", parts);
  }

  /** Copies as the user that is set, with the permissions they have here. */
  public static TemplateCopy of(Path context, String source, String destination) {
    return new TemplateCopy(context, source, destination, null, null);
  }

  /** The same as another user's. */
  public TemplateCopy user(String linuxUser) {
    return new TemplateCopy(
        context, source, destination, Objects.requireNonNull(linuxUser, "linuxUser"), mode);
  }

  /** The same with these permission bits, for example {@code 0755}. */
  public TemplateCopy mode(int bits) {
    return new TemplateCopy(context, source, destination, user, bits);
  }

  /** As E2B takes them. */
  List<String> arguments() {
    return List.of(
        source, destination, user == null ? "" : user, mode == null ? "" : "%04o".formatted(mode));
  }
}
