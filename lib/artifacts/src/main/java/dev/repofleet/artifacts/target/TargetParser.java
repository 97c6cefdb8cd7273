package dev.repofleet.artifacts.target;

import dev.repofleet.artifacts.VisibleText;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a target as a person types it: a URL, {@code owner/name}, or a path, with an optional
 * {@code @ref} and {@code #subpath}; immutable.
 *
 * <p>It looks at text only: no host is resolved and, but for the predicate, no file touched. What
 * it accepts can be handed to Git behind {@code --} without being taken for an option, a remote
 * helper or a local file.
 */
public final class TargetParser {
  private static final int MAX_LENGTH = 2048;
  private static final int MAX_SHOWN = 200;
  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://(.*)");
  private static final Pattern SHORT_SSH =
      Pattern.compile("^([A-Za-z0-9_][A-Za-z0-9._-]*)@([A-Za-z0-9][A-Za-z0-9.-]*):([^@#]+)(@.*)?");
  private static final Pattern OWNER_NAME =
      Pattern.compile("([A-Za-z0-9][A-Za-z0-9-]*)/([A-Za-z0-9._-]+)(@.*)?");
  private static final Pattern HOST =
      Pattern.compile("([A-Za-z0-9][A-Za-z0-9.-]*|\\[[0-9A-Fa-f:.]+])(:[0-9]{1,5})?");
  private static final Pattern URL_PATH = Pattern.compile("/?[A-Za-z0-9._~+%/-]+");
  private static final Pattern SSH_USER = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*");

  /** The user of an ssh URL is no secret, unless a password follows it. */
  private static final Pattern USER =
      Pattern.compile("(?<=://)(?!(?<=ssh://)[^/#@:]*@[^/#@]*(/|$))[^/#]*@(?=[^/@])");

  private static final Pattern OUTER_SLASHES = Pattern.compile("^/+|/+$");
  private static final Pattern ENCODED = Pattern.compile("%[0-9A-Fa-f]{2}");
  private static final Pattern ENCODED_CONTROL =
      Pattern.compile("%(0[0-9a-f]|1[0-9a-f]|7f|2f|5c)", Pattern.CASE_INSENSITIVE);
  private static final Pattern ENCODED_DOT = Pattern.compile("%2e", Pattern.CASE_INSENSITIVE);
  private static final Pattern BAD_REF =
      Pattern.compile("^[-/]|[/.]$|\\.lock$|\\.\\.|//|@\\{|[~^:?*\\[\\\\]|^@$|/\\.|^\\.");

  private final Predicate<String> isDirectory;

  /**
   * A parser.
   *
   * @param isDirectory says whether a path, {@code ~} not expanded, is an existing directory
   */
  public TargetParser(Predicate<String> isDirectory) {
    this.isDirectory = isDirectory;
  }

  /**
   * Reads one target; surrounding white space does not count.
   *
   * @throws TargetSyntaxException with a sentence for the person who typed it; it never repeats a
   *     password or token
   */
  public TargetSpec parse(String text) {
    return parse(text, null, null);
  }

  /**
   * As {@link #parse(String)}, with a ref and a folder that were named beside it.
   *
   * @param ref in place of {@code @ref}; absent: what the text says
   * @param subpath in place of {@code #subpath}; absent: what the text says
   * @throws TargetSyntaxException also when the text names the same
   */
  public TargetSpec parse(String text, @Nullable String ref, @Nullable String subpath) {
    TargetSpec spec = spec(text.strip());
    if ((ref != null && spec.ref() != null) || (subpath != null && spec.subpath() != null)) {
      throw refused(
          spec.target(),
          ref != null && spec.ref() != null
              ? "its ref is named twice, behind its '@' and beside it"
              : "its folder is named twice, behind its '#' and beside it");
    }
    if (ref == null && subpath == null) {
      return spec;
    }
    String whole =
        (ref == null ? "" : "@" + ref.strip()) + (subpath == null ? "" : "#" + subpath.strip());
    requireVisible(whole, spec.target() + whole);
    TargetSpec bare = spec.withSubpath(null);
    TargetSpec pinned =
        ref == null
            ? bare
            : new TargetSpec(
                bare.kind(),
                bare.url(),
                ref(ref.strip(), spec.target() + whole),
                null,
                display(bare.target() + "@" + ref.strip()));
    return pinned.withSubpath(
        subpath == null ? spec.subpath() : subpath(subpath.strip(), spec.target() + whole));
  }

  private TargetSpec spec(String typed) {
    requirePlain(typed);
    if (looksLikePath(typed)) {
      return path(typed);
    }
    int hash = typed.indexOf('#');
    String head = hash < 0 ? typed : typed.substring(0, hash);
    String subpath = hash < 0 ? null : subpath(typed.substring(hash + 1), typed);
    Matcher scheme = SCHEME.matcher(head);
    if (scheme.matches()) {
      return url(scheme.group(1).toLowerCase(Locale.ROOT), scheme.group(2), subpath, typed);
    }
    if (head.contains("::")) {
      throw refused(typed, "remote helpers (…::…) are not allowed; write an https or ssh URL");
    }
    Matcher shortSsh = SHORT_SSH.matcher(head);
    if (shortSsh.matches()) {
      String repository = repositoryPath(shortSsh.group(3), typed);
      return spec(
          shortSsh.group(1) + "@" + shortSsh.group(2) + ":" + repository,
          shortSsh.group(4),
          subpath,
          typed);
    }
    Matcher ownerName = OWNER_NAME.matcher(head);
    if (ownerName.matches()) {
      String repository = repositoryPath(ownerName.group(1) + "/" + ownerName.group(2), typed);
      return spec("https://github.com/" + repository, ownerName.group(3), subpath, typed);
    }
    throw refused(
        typed,
        "it is neither a URL, nor owner/name, nor an existing folder; write ./NAME for a folder");
  }

  /**
   * The text for a terminal or a log: without control and formatting characters and without
   * credentials in a URL.
   */
  public static String display(String text) {
    String plain =
        text.codePoints()
            .filter(VisibleText::isVisible)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    // A token may be longer than what is shown: cut first, it would not be known as one.
    String safe = plain.contains("://") ? USER.matcher(plain).replaceAll("***@") : plain;
    int most = Math.min(MAX_SHOWN, safe.codePointCount(0, safe.length()));
    return safe.substring(0, safe.offsetByCodePoints(0, most));
  }

  /** Whether all of a text can be seen, as that of a target must be. */
  public static boolean isVisible(String text) {
    return text.codePoints().allMatch(VisibleText::isVisible);
  }

  /** Whether a folder of a repository can stand behind the {@code #} of a target. */
  public static boolean isSubpath(String folder) {
    try {
      return isVisible(folder) && folder.equals(subpath(folder, folder));
    } catch (TargetSyntaxException e) {
      return false;
    }
  }

  private boolean looksLikePath(String typed) {
    return typed.startsWith("/")
        || typed.startsWith("./")
        || typed.startsWith("../")
        || typed.startsWith("~")
        || typed.equals(".")
        || typed.equals("..")
        || typed.startsWith(".@")
        || typed.startsWith(".#")
        || (!typed.contains("://") && !SHORT_SSH.matcher(typed).find() && pathEnd(typed) > 0);
  }

  /** Where the longest part that is a directory ends: at the end, a {@code #} or an {@code @}. */
  private int pathEnd(String typed) {
    for (int end = typed.length(); end > 0; end--) {
      boolean border =
          end == typed.length() || typed.charAt(end) == '#' || typed.charAt(end) == '@';
      if (border && isDirectory.test(typed.substring(0, end))) {
        return end;
      }
    }
    return 0;
  }

  private TargetSpec path(String typed) {
    int end = pathEnd(typed);
    if (end == 0) {
      // Nothing is there: the starter says so, about the part that is most likely the path.
      int hash = typed.indexOf('#');
      int at = typed.lastIndexOf('@', hash < 0 ? typed.length() : hash);
      end = at > typed.lastIndexOf('/', hash < 0 ? typed.length() : hash) ? at : hash;
      end = end < 0 ? typed.length() : end;
    }
    String rest = typed.substring(end);
    int hash = rest.indexOf('#');
    String ref = hash < 0 ? rest : rest.substring(0, hash);
    return new TargetSpec(
        TargetSpec.Kind.PATH,
        typed.substring(0, end),
        ref.isEmpty() ? null : ref(ref.substring(1), typed),
        hash < 0 ? null : subpath(rest.substring(hash + 1), typed),
        display(typed));
  }

  private static TargetSpec url(
      String scheme, String rest, @Nullable String subpath, String typed) {
    if (!scheme.equals("https") && !scheme.equals("http") && !scheme.equals("ssh")) {
      throw refused(
          typed,
          scheme.equals("file")
              ? "file: URLs are not allowed; write the path itself"
              : "the scheme " + scheme + " is not allowed; write an https or ssh URL");
    }
    int slash = rest.indexOf('/');
    String authority = slash < 0 ? rest : rest.substring(0, slash);
    String path = slash < 0 ? "" : rest.substring(slash);
    int userEnd = authority.lastIndexOf('@');
    String user = userEnd < 0 ? "" : authority.substring(0, userEnd);
    String host = requireHost(authority.substring(userEnd + 1), typed);
    requireUser(scheme, userEnd >= 0, user, typed);
    int at = path.indexOf('@');
    String repository = repositoryPath(at < 0 ? path : path.substring(0, at), typed);
    String url = scheme + "://" + (userEnd < 0 ? "" : user + "@") + host + "/" + repository;
    return spec(url, at < 0 ? null : path.substring(at), subpath, typed);
  }

  private static String requireHost(String host, String typed) {
    Matcher matcher = HOST.matcher(host);
    if (!matcher.matches()) {
      throw refused(typed, "its host is not valid");
    }
    String port = matcher.group(2);
    if (port != null && (port.equals(":0") || Integer.parseInt(port.substring(1)) > 65535)) {
      throw refused(typed, "its port is not valid");
    }
    if (!isHost(host)) {
      throw refused(typed, "its host is not valid");
    }
    return host.toLowerCase(Locale.ROOT);
  }

  /** No empty part, no number alone as the last, no address of IPv6 that is none. */
  private static boolean isHost(String host) {
    try {
      return new URI("https://" + host + "/").getHost() != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static void requireUser(String scheme, boolean named, String user, String typed) {
    if (!named) {
      return;
    }
    if (!scheme.equals("ssh") || user.contains(":")) {
      throw refused(
          typed,
          "a user name, password or token must not stand in a URL; give the token to the worker");
    }
    if (!SSH_USER.matcher(user).matches()) {
      throw refused(typed, "its user name is not valid");
    }
  }

  /** The path of a repository without slashes around it, safe to stand in a command line. */
  private static String repositoryPath(String path, String typed) {
    String bare = OUTER_SLASHES.matcher(path).replaceAll("");
    if (bare.isEmpty()) {
      throw refused(typed, "it names no repository");
    }
    if (!URL_PATH.matcher(bare).matches() || ENCODED.matcher(bare).replaceAll("").contains("%")) {
      throw refused(typed, "its path has characters that a repository's path can't have");
    }
    for (String part : bare.split("/", -1)) {
      String decoded = ENCODED_DOT.matcher(part).replaceAll(".");
      if (decoded.equals(".") || decoded.equals("..") || decoded.equals(".git")) {
        throw refused(typed, "its path has the part '" + part + "'");
      }
    }
    if (bare.startsWith("-")) {
      throw refused(typed, "its path begins with a dash");
    }
    if (ENCODED_CONTROL.matcher(bare).find()) {
      throw refused(typed, "its path has encoded control characters or slashes");
    }
    return bare;
  }

  private static TargetSpec spec(
      String url, @Nullable String atRef, @Nullable String subpath, String typed) {
    String ref = atRef == null ? null : ref(atRef.substring(1), typed);
    return new TargetSpec(TargetSpec.Kind.URL, url, ref, subpath, display(typed));
  }

  private static String ref(String ref, String typed) {
    if (ref.isEmpty()) {
      throw refused(typed, "nothing follows the '@'; write @BRANCH, @TAG or @COMMIT, or drop it");
    }
    if (ref.length() > 250 || BAD_REF.matcher(ref).find() || ref.indexOf(' ') >= 0) {
      throw refused(typed, "'" + display(ref) + "' can't be a branch, tag or commit");
    }
    return ref;
  }

  private static @Nullable String subpath(String subpath, String typed) {
    String bare = subpath.replaceAll("/+$", "").replaceAll("^(\\./)+", "");
    if (bare.isEmpty() || bare.equals(".")) {
      throw refused(typed, "nothing follows the '#'; write #FOLDER, or drop it");
    }
    if (bare.startsWith("/") || bare.startsWith("-") || bare.startsWith(":")) {
      throw refused(typed, "the folder after '#' must be relative to the repository's root");
    }
    for (String part : bare.split("/", -1)) {
      if (part.isEmpty()
          || part.equals(".")
          || part.equals("..")
          || part.equalsIgnoreCase(".git")
          || part.indexOf('\\') >= 0) {
        throw refused(typed, "the folder after '#' has the part '" + display(part) + "'");
      }
    }
    return bare;
  }

  private static void requirePlain(String typed) {
    if (typed.isEmpty()) {
      throw new TargetSyntaxException("a target is empty; write a URL, owner/name or a path");
    }
    if (typed.length() > MAX_LENGTH) {
      throw refused(typed, "it is longer than " + MAX_LENGTH + " characters");
    }
    if (typed.startsWith("-")) {
      throw refused(typed, "a target can't begin with a dash; write ./-NAME for such a folder");
    }
    requireVisible(typed, typed);
  }

  private static void requireVisible(String part, String typed) {
    for (int i = 0; i < part.length(); i += Character.charCount(part.codePointAt(i))) {
      if (!VisibleText.isVisible(part.codePointAt(i))) {
        throw refused(typed, "it has control or invisible characters");
      }
    }
  }

  private static TargetSyntaxException refused(String typed, String why) {
    return new TargetSyntaxException("target '" + display(typed) + "' is refused: " + why);
  }
}
