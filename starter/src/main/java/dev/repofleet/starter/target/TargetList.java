package dev.repofleet.starter.target;

import dev.repofleet.starter.command.CommandContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * A list of targets, one a line, or CSV (RFC 4180) when its first line names a column {@code url}.
 * It is read once, line by line. For one thread.
 */
final class TargetList {
  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180.builder().setIgnoreEmptyLines(false).get();

  private static final Pattern OTHER_SEPARATOR =
      Pattern.compile("(?i)(.*[;\\t])?\"?url\"?([;\\t].*)?");

  private final String name;
  private final Consumer<TargetLine> lines;
  private final Consumer<String> errors;
  private int number;

  /**
   * A list.
   *
   * @param name for messages
   * @param lines gets each target
   * @param errors gets a sentence with its place for each line that is none
   */
  TargetList(String name, Consumer<TargetLine> lines, Consumer<String> errors) {
    this.name = name;
    this.lines = lines;
    this.errors = errors;
  }

  /**
   * Opens what {@code -f} names.
   *
   * @param file where a list that is not standard input lies
   * @throws TargetException when there is no such file
   */
  static InputStream open(CommandContext context, String list, Path file) throws IOException {
    if (list.equals("-")) {
      return context.in();
    }
    if (!Files.exists(file)) {
      throw new TargetException("there is no file " + list + " for -f");
    }
    if (Files.isDirectory(file)) {
      throw new TargetException(
          list + " is a folder, and -f takes a file with a target a line; name it without -f");
    }
    return Files.newInputStream(file);
  }

  /**
   * Reads to the end of the stream, which the caller closes.
   *
   * @throws TargetException when it can't be read further, or its columns are wrong
   */
  void read(InputStream in) {
    LimitedReader limited =
        new LimitedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
    try {
      read(new BufferedReader(limited), limited);
    } catch (UncheckedIOException e) {
      throw unreadable(cause(e));
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private TargetException unreadable(IOException e) {
    if (e instanceof CharacterCodingException) {
      return new TargetException(name + " is not UTF-8 text");
    }
    return e instanceof LimitedReader.RowTooLongException
        ? new TargetException(
            place(number + 1)
                + "the row is longer than "
                + LimitedReader.MOST
                + " characters: is a quote not closed?")
        : new TargetException(name + " can't be read: " + e);
  }

  private void read(BufferedReader reader, LimitedReader limited) throws IOException {
    boolean first = true;
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      number++;
      limited.nextRow();
      String typed = number == 1 && line.startsWith("\uFEFF") ? line.substring(1) : line;
      if (typed.isBlank() || typed.stripLeading().startsWith("#")) {
        continue;
      }
      CSVRecord header = first ? record(typed) : null;
      if (header != null && TargetColumns.areNamedBy(header)) {
        rows(columns(header), reader, limited);
        return;
      }
      if (first && header != null && header.size() == 1) {
        requireCommas(typed);
      }
      first = false;
      lines.accept(new TargetLine(place(number), typed));
    }
  }

  /** The cells of a line; absent when they can't be told, as in the name of some folder. */
  private static @Nullable CSVRecord record(String line) throws IOException {
    try (CSVParser parser = CSVParser.parse(line, FORMAT)) {
      Iterator<CSVRecord> records = parser.iterator();
      return records.hasNext() ? records.next() : null;
    } catch (UncheckedIOException e) {
      return null;
    }
  }

  private void requireCommas(String line) {
    if (OTHER_SEPARATOR.matcher(line.strip()).matches()) {
      throw new TargetException(place(number) + "the columns of a list are separated by commas");
    }
  }

  private TargetColumns columns(CSVRecord header) {
    try {
      return TargetColumns.of(header);
    } catch (TargetException e) {
      throw new TargetException(place(number) + e.getMessage());
    }
  }

  private void rows(TargetColumns columns, BufferedReader reader, LimitedReader limited)
      throws IOException {
    int before = number;
    try (CSVParser parser = CSVParser.builder().setReader(reader).setFormat(FORMAT).get()) {
      Iterator<CSVRecord> records = parser.iterator();
      while (hasNext(records)) {
        String place = place(number + 1);
        CSVRecord row = records.next();
        number = before + (int) parser.getCurrentLineNumber();
        limited.nextRow();
        if (row.stream().allMatch(String::isBlank)) {
          continue;
        }
        try {
          lines.accept(columns.line(place, row));
        } catch (TargetException e) {
          errors.accept(place + e.getMessage());
        }
      }
    }
  }

  private boolean hasNext(Iterator<CSVRecord> records) throws IOException {
    try {
      return records.hasNext();
    } catch (UncheckedIOException e) {
      if (cause(e) instanceof CSVException) {
        throw new TargetException(
            place(number + 1)
                + "the quotes of this row don't close: a quoted cell ends with its quote, and a quote"
                + " in it is written twice");
      }
      throw cause(e);
    }
  }

  private static IOException cause(UncheckedIOException e) {
    IOException cause = e.getCause();
    return cause == null ? new IOException(e) : cause;
  }

  private String place(int line) {
    return name + ":" + line + ": ";
  }
}
