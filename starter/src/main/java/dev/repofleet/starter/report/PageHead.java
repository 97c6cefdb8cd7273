package dev.repofleet.starter.report;

import dev.repofleet.artifacts.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of every page of the program: the style sheet inside, and a policy that lets this
 * sheet, and at most one script, work and nothing else. A page loads nothing and sends nothing.
 */
public final class PageHead {
  private static final String STYLE = resource("report.css");

  private static final String ICON =
      "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
          + "%3Crect width='16' height='16' rx='3' fill='%232d5a7b'/%3E"
          + "%3Cpath d='M4 5h8M4 8h8M4 11h5' stroke='white' stroke-width='1.5'/%3E%3C/svg%3E";

  private PageHead() {}

  /** The page up to the end of its head. */
  public static String of(String title, @Nullable String script) {
    Markup head = new Markup().open("html", "lang", "en").open("head").line();
    head.open("meta", "charset", "utf-8").line();
    head.open("meta", "http-equiv", "Content-Security-Policy", "content", policy(script)).line();
    head.open("meta", "name", "viewport", "content", "width=device-width, initial-scale=1").line();
    head.open("meta", "name", "color-scheme", "content", "light dark").line();
    head.open("meta", "name", "referrer", "content", "no-referrer").line();
    head.element("title", title + " · RepoFleet").line();
    head.open("link", "rel", "icon", "href", ICON).line();
    return "<!DOCTYPE html>\n"
        + head
        + "<style>"
        + STYLE
        + "</style>\n"
        + new Markup().close("head").line();
  }

  /** The hashes are those of the very texts that are written. */
  private static String policy(@Nullable String script) {
    return "default-src 'none'; "
        + (script == null ? "" : "script-src 'sha256-" + hash(script) + "'; ")
        + "style-src 'sha256-"
        + hash(STYLE)
        + "'; img-src data:; base-uri 'none'; form-action 'none'";
  }

  private static String hash(String text) {
    byte[] hash = Sha256.digest().digest(text.getBytes(StandardCharsets.UTF_8));
    return Base64.getEncoder().encodeToString(hash);
  }

  /** A text that the program carries for its pages. */
  static String resource(String name) {
    try (InputStream in = PageHead.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the program's jar lacks " + name + ": build it again");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
