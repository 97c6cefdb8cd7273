package dev.repofleet.starter.target;

import java.util.regex.Pattern;

/**
 * Stands for folders of a repository: {@code *} for any name or part of one, {@code **} for any
 * number of folders. As in a shell, neither stands for a leading dot. Immutable.
 */
final class SubpathGlob {
  private static final String NAME = "(?!\\.)[^/]+";

  private final String base;
  private final Pattern pattern;

  /** Reads a folder for which {@link #isGlob} holds. */
  SubpathGlob(String subpath) {
    String literal = subpath.substring(0, subpath.indexOf('*'));
    this.base = literal.substring(0, Math.max(0, literal.lastIndexOf('/')));
    this.pattern = Pattern.compile(expression(subpath));
  }

  static boolean isGlob(String subpath) {
    return subpath.indexOf('*') >= 0;
  }

  /** The folder that all of them are in; empty for the repository's root. */
  String base() {
    return base;
  }

  boolean matches(String folder) {
    return pattern.matcher(folder).matches();
  }

  private static String expression(String subpath) {
    StringBuilder expression = new StringBuilder();
    String[] parts = subpath.split("/", -1);
    for (int i = 0; i < parts.length; i++) {
      boolean last = i == parts.length - 1;
      if (parts[i].equals("**")) {
        expression.append("(?:").append(NAME).append("/)*").append(last ? NAME : "");
      } else {
        expression.append(part(parts[i])).append(last ? "" : "/");
      }
    }
    return expression.toString();
  }

  private static String part(String part) {
    StringBuilder expression = new StringBuilder(part.startsWith("*") ? "(?!\\.)" : "");
    String[] literals = part.split("\\*+", -1);
    for (int i = 0; i < literals.length; i++) {
      expression.append(i == 0 ? "" : "[^/]*").append(Pattern.quote(literals[i]));
    }
    // A name has at least one character; what is around the stars may have none.
    return "(?=[^/])" + expression;
  }
}
