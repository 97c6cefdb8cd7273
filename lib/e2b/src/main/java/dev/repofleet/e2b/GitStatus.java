package dev.repofleet.e2b;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a working tree stands.
 *
 * @param branch the branch that is checked out; null if a commit is
 * @param commit the newest commit; null before the first
 * @param upstream the remote branch it follows; null if none
 * @param ahead commits that the upstream does not have, as far as was fetched
 * @param behind commits of the upstream that are not here, as far as was fetched
 * @param files those that are not as the last commit has them
 */
public record GitStatus(
    @Nullable String branch,
    @Nullable String commit,
    @Nullable String upstream,
    int ahead,
    int behind,
    List<GitFileStatus> files) {

  /** Copies the files. */
  public GitStatus {
    files = List.copyOf(files);
  }

  /** Nothing is changed, staged or new. */
  public boolean isClean() {
    return files.isEmpty();
  }

  /** Reads {@code git status --porcelain=v2 --branch -z} (git-status(1), "Porcelain Format 2"). */
  static GitStatus parse(String text) {
    Reader reader = new Reader();
    List<String> records = List.of(text.split("\0", -1));
    for (int at = 0; at < records.size(); at++) {
      String line = records.get(at);
      if (line.startsWith("2 ") && at + 1 < records.size()) {
        at++;
        reader.renamed(line, records.get(at));
      } else if (!line.isEmpty()) {
        reader.line(line);
      }
    }
    return new GitStatus(
        reader.branch, reader.commit, reader.upstream, reader.ahead, reader.behind, reader.files);
  }

  private static final class Reader {
    private static final int FIELDS_ORDINARY = 9;
    private static final int FIELDS_RENAMED = 10;
    private static final int FIELDS_UNMERGED = 11;

    private @Nullable String branch;
    private @Nullable String commit;
    private @Nullable String upstream;
    private int ahead;
    private int behind;
    private final List<GitFileStatus> files = new ArrayList<>();

    private void line(String line) {
      switch (line.charAt(0)) {
        case '#' -> header(line.split(" ", -1));
        case '1' -> file(line, FIELDS_ORDINARY, null);
        case 'u' -> conflict(line);
        case '?' ->
            files.add(
                new GitFileStatus(
                    line.substring(2), GitChange.UNCHANGED, GitChange.UNTRACKED, null));
        default -> {
          // Ignored files are not asked for; anything else is of a later Git.
        }
      }
    }

    private void header(String[] words) {
      if (words.length < 3) {
        return;
      }
      switch (words[1]) {
        case "branch.oid" -> commit = words[2].equals("(initial)") ? null : words[2];
        case "branch.head" -> branch = words[2].equals("(detached)") ? null : words[2];
        case "branch.upstream" -> upstream = words[2];
        case "branch.ab" -> {
          ahead = Math.abs(Integer.parseInt(words[2]));
          behind = words.length > 3 ? Math.abs(Integer.parseInt(words[3])) : 0;
        }
        default -> {
          // The stash and whatever comes later.
        }
      }
    }

    private void renamed(String line, String from) {
      file(line, FIELDS_RENAMED, from);
    }

    private void file(String line, int fieldCount, @Nullable String from) {
      String[] fields = fields(line, fieldCount);
      files.add(
          new GitFileStatus(
              fields[fieldCount - 1],
              GitChange.of(fields[1].charAt(0)),
              GitChange.of(fields[1].charAt(1)),
              from));
    }

    private void conflict(String line) {
      String[] fields = fields(line, FIELDS_UNMERGED);
      files.add(
          new GitFileStatus(
              fields[FIELDS_UNMERGED - 1], GitChange.UNMERGED, GitChange.UNMERGED, null));
    }

    private static String[] fields(String line, int count) {
      String[] fields = line.split(" ", count);
      if (fields.length < count || fields[1].length() != 2) {
        throw new E2bProtocolException(
            "cannot read Git's status: a line is not of its porcelain format 2", null);
      }
      return fields;
    }
  }
}
