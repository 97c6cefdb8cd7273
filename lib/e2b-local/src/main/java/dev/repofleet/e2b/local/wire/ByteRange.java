package dev.repofleet.e2b.local.wire;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Range header with one range.
 *
 * @param first first byte, or -1 for "the last {@code last} bytes"
 * @param last last byte, or -1 for "to the end"
 */
public record ByteRange(long first, long last) {
  private static final Pattern FORM = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

  /** The range asked for; empty for none, or for a form that may be ignored (RFC 9110, 14.2). */
  public static Optional<ByteRange> of(@Nullable String header) {
    Matcher matcher = FORM.matcher(header == null ? "" : header.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String first = matcher.group(1);
    String last = matcher.group(2);
    if (first.isEmpty()) {
      return last.isEmpty() ? Optional.empty() : Optional.of(new ByteRange(-1, number(last)));
    }
    ByteRange range = new ByteRange(number(first), last.isEmpty() ? -1 : number(last));
    return range.last >= 0 && range.last < range.first ? Optional.empty() : Optional.of(range);
  }

  private static long number(String digits) {
    return Long.parseLong(digits);
  }
}
