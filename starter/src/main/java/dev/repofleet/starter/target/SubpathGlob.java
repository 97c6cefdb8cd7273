package dev.repofleet.starter.target;

import java.util.List;

/**
 * Stands for folders of a repository: {@code *} for any name or part of one, {@code **} for any
 * number of folders. As in a shell, neither stands for a leading dot. Immutable.
 *
 * <p>Takes no more time than the product of both lengths, however many stars there are: the folders
 * are named by the repository, whose owner is a stranger.
 */
final class SubpathGlob {
  private static final String ANY_FOLDERS = "**";

  private final String base;
  private final List<String> parts;

  /** Reads a folder for which {@link #isGlob} holds. */
  SubpathGlob(String subpath) {
    String literal = subpath.substring(0, subpath.indexOf('*'));
    this.base = literal.substring(0, Math.max(0, literal.lastIndexOf('/')));
    this.parts = List.of(subpath.split("/", -1));
  }

  static boolean isGlob(String subpath) {
    return subpath.indexOf('*') >= 0;
  }

  /** The folder that all of them are in; empty for the repository's root. */
  String base() {
    return base;
  }

  boolean matches(String folder) {
    String[] names = folder.split("/", -1);
    // How many of the names the parts so far may stand for.
    boolean[] reached = new boolean[names.length + 1];
    reached[0] = true;
    for (int i = 0; i < parts.size(); i++) {
      boolean last = i == parts.size() - 1;
      reached =
          parts.get(i).equals(ANY_FOLDERS)
              ? anyFolders(names, reached, last)
              : oneFolder(parts.get(i), names, reached);
    }
    return reached[names.length];
  }

  /** At the end they are at least one: what is meant are folders in the one before. */
  private static boolean[] anyFolders(String[] names, boolean[] before, boolean last) {
    boolean[] after = last ? new boolean[before.length] : before.clone();
    for (int i = 0; i < names.length; i++) {
      after[i + 1] |= (before[i] || after[i]) && isShown(names[i]);
    }
    return after;
  }

  private static boolean[] oneFolder(String part, String[] names, boolean[] before) {
    boolean[] after = new boolean[before.length];
    for (int i = 0; i < names.length; i++) {
      after[i + 1] = before[i] && matches(part, names[i]);
    }
    return after;
  }

  private static boolean isShown(String name) {
    return !name.isEmpty() && !name.startsWith(".");
  }

  /** The latest star takes one character more each time that what follows does not fit. */
  private static boolean matches(String part, String name) {
    if (name.isEmpty() || (part.startsWith("*") && !isShown(name))) {
      return false;
    }
    int inPart = 0;
    int inName = 0;
    int star = -1;
    int taken = 0;
    while (inName < name.length()) {
      if (inPart < part.length() && part.charAt(inPart) == '*') {
        star = inPart++;
        taken = inName;
      } else if (inPart < part.length() && part.charAt(inPart) == name.charAt(inName)) {
        inPart++;
        inName++;
      } else if (star >= 0) {
        inPart = star + 1;
        inName = ++taken;
      } else {
        return false;
      }
    }
    return part.substring(inPart).chars().allMatch(rest -> rest == '*');
  }
}
