package dev.repofleet.starter.report;

import dev.repofleet.artifacts.VisibleText;
import org.jspecify.annotations.Nullable;

/**
 * HTML in the making. Every text and every attribute's value goes through here and is escaped, so
 * nothing that is shown can become markup; invisible and direction-changing characters are left
 * out. Names of elements and attributes are the program's own. For one thread.
 */
public final class Markup {
  private final StringBuilder out = new StringBuilder();

  /**
   * Opens an element.
   *
   * @param attributes names and values by turns; an absent value leaves its attribute out
   */
  public Markup open(String element, @Nullable String... attributes) {
    out.append('<').append(element);
    for (int i = 0; i + 1 < attributes.length; i += 2) {
      String value = attributes[i + 1];
      if (value != null) {
        out.append(' ').append(attributes[i]).append("=\"");
        escape(value);
        out.append('"');
      }
    }
    out.append('>');
    return this;
  }

  /** Closes an element. */
  public Markup close(String element) {
    out.append("</").append(element).append('>');
    return this;
  }

  /** A text. */
  public Markup text(@Nullable String text) {
    escape(text == null ? "" : text);
    return this;
  }

  /** An element with a text in it. */
  public Markup element(String element, @Nullable String text, @Nullable String... attributes) {
    return open(element, attributes).text(text).close(element);
  }

  /** The line's end, for those who read the source. */
  public Markup line() {
    out.append('\n');
    return this;
  }

  private void escape(String text) {
    text.codePoints()
        .forEach(
            character -> {
              switch (character) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> {
                  if (VisibleText.isVisible(character)) {
                    out.appendCodePoint(character);
                  } else if (Character.isWhitespace(character)) {
                    out.append(' ');
                  }
                }
              }
            });
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
